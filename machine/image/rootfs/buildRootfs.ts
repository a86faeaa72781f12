import { chmod, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../../../support/index.ts";
import { cachedFolder, fetchPinned, readLock, stageInput } from "../../packages/index.ts";
import { openToolbox } from "../../toolbox/index.ts";
import { buildShell } from "../shell/index.ts";
import { APPLETS } from "./applets.ts";
import { fillRoot, OVERLAY } from "./fillRoot.ts";
import { makeFileSystem } from "./makeFileSystem.ts";

/** The toolchain takes 350 MiB, the root 150; the rest is for builds. */
const SIZE_MIB = 2048;
const INODES = 131_072;
const LAYOUT = 3;

/**
 * The machine's root drive before anything is built in it: Debian's Nix, Node and busybox, our init, Nix's
 * configuration and the sandbox's shell. Returns the path of the ext4 image in the cache.
 */
export async function buildRootfs({ progress }: { progress: Progress }): Promise<string> {
  const toolbox = await openToolbox({ progress });
  const shell = await buildShell({ progress });
  const lock = await readLock("rootfs");
  const folder = await cachedFolder({
    name: "rootfs",
    progress,
    inputs: {
      layout: LAYOUT,
      size: SIZE_MIB,
      inodes: INODES,
      applets: APPLETS,
      toolbox: toolbox.key,
      overlay: await filesOf(OVERLAY),
      packages: lock.files.map((file) => file.sha256),
      shell: stageInput(shell),
    },
    make: async (target) => {
      const packages = await fetchPinned(lock.files, { progress, name: "root file system's packages" });
      const stage = progress.stage("root file system");
      const root = join(target, "root");
      await mkdir(root);
      await chmod(root, 0o755);
      await fillRoot(root, { packages, shell }, (count) =>
        stage.update(`unpacked ${count} of ${packages.length} packages`),
      );
      stage.update("making the image");
      const image = join(target, "root.ext4");
      await makeFileSystem(toolbox, {
        folder: root,
        image,
        sizeMiB: SIZE_MIB,
        inodes: INODES,
        label: "cartenix",
      });
      await rm(root, { recursive: true });
      stage.done(`${packages.length} packages, ${SIZE_MIB} MiB`);
    },
  });
  return join(folder, "root.ext4");
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [file.slice(folder.length), await readFile(file, "utf8")] as const);
  return Object.fromEntries(await Promise.all(read));
}
