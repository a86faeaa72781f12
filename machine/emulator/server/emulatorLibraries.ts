import { join } from "node:path";
import type { Progress } from "../../../support/index.ts";
import { cachedFolder, fetchPinned, hostPackages, readLock, unpackDebs } from "../../packages/index.ts";

const LAYOUT = 1;

/**
 * A folder with Debian trixie's dynamic loader and the libraries that the emulator was linked with, for hosts whose own
 * are older or incomplete. The first call downloads them into the cache (6 MB).
 */
export async function emulatorLibraries({ progress }: { progress: Progress }): Promise<string> {
  const { emulatorLock, libraryFolder } = hostPackages();
  const lock = await readLock(emulatorLock);
  const folder = await cachedFolder({
    name: "emulator-libraries",
    progress,
    inputs: { layout: LAYOUT, files: lock.files.map(({ name, sha256 }) => [name, sha256]) },
    make: async (root) => {
      const fetched = await fetchPinned(lock.files, { progress, name: "libraries for the emulator" });
      await unpackDebs(fetched, root, { without: ["./usr/share/*", "./usr/lib/*/gconv/*"] });
    },
  });
  return join(folder, "usr/lib", libraryFolder);
}
