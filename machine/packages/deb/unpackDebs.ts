import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { forEachParallel } from "../cache/forEachParallel.ts";
import { hostTool } from "../host/hostTool.ts";
import { DebianError } from "../packagesErrors.ts";
import { type DebContent, decodeDeb } from "./decodeDeb.ts";

/** How {@link unpackDebs} unpacks. */
export interface UnpackOptions {
  /** How many packages to unpack at a time; the default, 1, keeps the order given. */
  readonly parallel?: number;
  /** Patterns of tar's `--exclude`, such as `./usr/share/doc/*`. */
  readonly without?: readonly string[];
  readonly onUnpacked?: (count: number) => void;
}

const TAR_OPTIONS = { xz: ["--xz"], gzip: ["--gzip"], none: [] } as const;

/**
 * Unpacks the files of .debs into a folder, which must exist, without running any of their scripts.
 *
 * All files belong to the current user and have the modes that the packages declare. Symbolic links to folders that
 * exist already are kept, so that `/bin -> usr/bin` can be laid first.
 *
 * @throws {DebianError} when a package is malformed or tar fails.
 */
export async function unpackDebs(
  files: readonly { readonly file: string }[],
  folder: string,
  { parallel = 1, without = [], onUnpacked }: UnpackOptions = {},
): Promise<void> {
  const tar = await hostTool("tar", "tar");
  await hostTool("xz", "xz-utils");
  const words = [
    ...["-x", "-C", folder, "--no-same-owner", "--same-permissions", "--keep-directory-symlink"],
    ...without.map((pattern) => `--exclude=${pattern}`),
  ];
  let unpacked = 0;
  await forEachParallel(parallel, files, async ({ file }) => {
    const content = decodeDeb(await readFile(file));
    await extract(tar, words, content, file);
    onUnpacked?.(++unpacked);
  });
}

function extract(tar: string, words: readonly string[], content: DebContent, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(tar, [...words, ...TAR_OPTIONS[content.compression]], {
      stdio: ["pipe", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (chunk) => {
      complaint = (complaint + chunk).slice(-2_000);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) {
        return resolve();
      }
      const details = complaint.trim() || `tar exited with ${signal ?? code}`;
      reject(new DebianError(`cannot unpack ${file}`, { details }));
    });
    // tar may close the pipe before it has read the padding after the archive's last member
    child.stdin.on("error", () => undefined);
    child.stdin.end(content.bytes);
  });
}
