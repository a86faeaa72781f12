import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { forEachParallel } from "../cache/forEachParallel.ts";
import { DebianError } from "../packagesErrors.ts";
import { decodeDeb } from "./decodeDeb.ts";
import { decodeTar } from "./decodeTar.ts";
import { decompress } from "./decompress.ts";
import { setModes, writeEntry } from "./writeEntry.ts";

/** How {@link unpackDebs} unpacks. */
export interface UnpackOptions {
  /** How many packages to unpack at a time; the default, 1, keeps the order given. */
  readonly parallel?: number;
  /** Patterns of paths to leave out, such as `./usr/share/doc/*`; a `*` stands for any characters, slashes included. */
  readonly without?: readonly string[];
  readonly onUnpacked?: (count: number) => void;
}

/** The longest archive in a package that is unpacked. */
const MAX_ARCHIVE_BYTES = 1024 * 1024 * 1024;

/**
 * Unpacks the files of .debs into a folder, which must exist, without running any of their scripts. Nothing is written
 * outside the folder, whatever is in a package.
 *
 * All files belong to the current user and have the modes that the packages declare. Symbolic links to folders that
 * exist already are kept, so that `/bin -> usr/bin` can be laid first.
 *
 * @throws {DebianError} when a package is malformed, or would write outside the folder.
 */
export async function unpackDebs(
  files: readonly { readonly file: string }[],
  folder: string,
  { parallel = 1, without = [], onUnpacked }: UnpackOptions = {},
): Promise<void> {
  const isExcluded = matcherOf(without);
  let unpacked = 0;
  await forEachParallel(parallel, files, async ({ file }) => {
    try {
      const archive = await decompress(decodeDeb(await readFile(file)), MAX_ARCHIVE_BYTES);
      const modes = new Map<string, number>();
      for (const entry of decodeTar(archive)) {
        if (isExcluded(`./${entry.path}`)) {
          continue;
        }
        const made = writeEntry(resolve(folder), entry);
        if (made !== undefined && entry.kind === "directory") {
          modes.set(made, entry.mode);
        }
      }
      setModes(modes);
    } catch (error) {
      const details = error instanceof DebianError ? error.shortMessage : String(error);
      throw new DebianError(`cannot unpack ${file}`, { details, cause: error });
    }
    onUnpacked?.(++unpacked);
  });
}

function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${literal.replaceAll("*", ".*")}$`, "s");
  });
  return (path) => expressions.some((expression) => expression.test(path));
}
