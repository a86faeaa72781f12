import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Progress } from "../../support/index.ts";
import { cachedFolder, readLock } from "../packages/index.ts";
import { findNamespaces } from "./findNamespaces.ts";
import { type RunOptions, runInside } from "./runInside.ts";
import { unpackRoot } from "./unpackRoot.ts";

/** A pinned Debian for this computer's processor, in which the template's parts are made. */
export interface Toolbox {
  /** Names its content: a stage that uses the toolbox has this among its inputs. */
  readonly key: string;
  /** Runs a command in it; returns what it wrote to standard output. */
  run(command: readonly string[], options?: RunOptions): Promise<Buffer>;
}

const layout = 1;

/**
 * Opens the toolbox: make, gcc for this computer and for riscv64, flex, bison, bc, perl, xz, dtc, e2fsprogs and Nix 2.26.3, the
 * same bytes on every host. The first call fetches and unpacks it into the cache (112 MB), later ones take a moment.
 *
 * No root rights are needed where the host allows user namespaces; {@link ToolboxError} says what to do where not.
 */
export async function openToolbox({ progress }: { progress: Progress }): Promise<Toolbox> {
  const enter = await findNamespaces();
  const lock = await readLock("toolbox");
  const inputs = { layout, files: lock.files.map(({ name, sha256 }) => [name, sha256]) };
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
        await layMountPoint(host, join(folder, guest));
      }
      return runInside(enter, folder, command, options);
    },
  };
}

async function layMountPoint(host: string, place: string): Promise<void> {
  const known = await stat(place).catch(() => undefined);
  if (known) {
    return;
  }
  const source = await stat(host);
  await mkdir(source.isDirectory() ? place : dirname(place), { recursive: true });
  if (!source.isDirectory()) {
    await writeFile(place, "");
  }
}
