import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** The unit of `stat`'s `blocks`. */
const STAT_BLOCK_BYTES = 512;

/** Disk space allocated to a folder's files whose names start with `prefix`, in bytes; holes do not count. */
export async function allocatedBytes(folder: string, prefix = ""): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = files
    .filter((file) => basename(file).startsWith(prefix))
    .map((file) =>
      stat(join(folder, file)).then(
        ({ blocks }) => blocks * STAT_BLOCK_BYTES,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
