import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Progress } from "../../support/index.ts";
import { cachedFolder, hostPackages, readLock } from "../packages/index.ts";
import { findNamespaces } from "./findNamespaces.ts";
import { type RunOptions, runInside } from "./runInside.ts";
import { unpackRoot } from "./unpackRoot.ts";

/** A pinned Debian for this computer's processor, with the tools that make the template's parts. */
export interface Toolbox {
  /** Identifies its content; an input of every stage that uses the toolbox. */
  readonly key: string;
  /**
   * Runs a command in it.
   *
   * @returns what the command wrote to standard output.
   * @throws {ToolboxCommandError} when it does not exit with code 0.
   */
  run(command: readonly string[], options?: RunOptions): Promise<Buffer>;
}

const LAYOUT = 1;

/**
 * Opens the toolbox: make, gcc for this computer and for riscv64, flex, bison, bc, perl, xz, dtc, e2fsprogs and
 * Nix 2.26.3, the same bytes on every host. The first call downloads and unpacks it into the cache (112 MB).
 *
 * It needs no root privileges where the host allows user namespaces.
 *
 * @throws {ToolboxError} when this host does not allow entering it, with what to do about that.
 * @throws {DebianError} when a package cannot be downloaded.
 * @throws {UnsupportedPlatformError} when Cartenix does not run on this computer.
 */
export async function openToolbox({ progress }: { progress: Progress }): Promise<Toolbox> {
  const enter = await findNamespaces();
  const lock = await readLock(hostPackages().toolboxLock);
  const inputs = { layout: LAYOUT, files: lock.files.map(({ name, sha256 }) => [name, sha256]) };
  const folder = await cachedFolder({
    name: "toolbox",
    progress,
    inputs,
    make: (root) => unpackRoot(root, lock.files, progress),
  });
  return {
    key: folder.slice(folder.lastIndexOf("/") + 1),
    run: async (command, options = {}) => {
      for (const { host, guest } of options.binds ?? []) {
        await makeMountPoint(host, join(folder, guest));
      }
      return runInside(enter, folder, command, options);
    },
  };
}

async function makeMountPoint(host: string, place: string): Promise<void> {
  const existing = await stat(place).catch(() => undefined);
  if (existing) {
    return;
  }
  const source = await stat(host);
  await mkdir(source.isDirectory() ? place : dirname(place), { recursive: true });
  if (!source.isDirectory()) {
    await writeFile(place, "");
  }
}
