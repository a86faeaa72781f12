import { join } from "node:path";
import type { Progress } from "../../../support/index.ts";
import { cachedFolder, fetchPinned, readLock, unpackDebs } from "../../packages/index.ts";

/**
 * A folder with Debian trixie's `ld-linux-x86-64.so.2` and the libraries that the emulator was linked with, for hosts whose
 * own are older or incomplete. Fetched and unpacked into the cache by the first call (6 MB).
 */
export async function emulatorLibraries({ progress }: { progress: Progress }): Promise<string> {
  const lock = await readLock("emulator");
  const folder = await cachedFolder({
    name: "emulator-libraries",
    progress,
    inputs: { layout: 1, files: lock.files.map(({ name, sha256 }) => [name, sha256]) },
    make: async (root) => {
      const fetched = await fetchPinned(lock.files, { progress, name: "libraries for the emulator" });
      await unpackDebs(fetched, root, { without: ["./usr/share/*", "./usr/lib/*/gconv/*"] });
    },
  });
  return join(folder, "usr/lib/x86_64-linux-gnu");
}
