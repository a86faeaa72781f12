import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** What the files of a folder, or those whose names begin so, take on the disk; holes take nothing. */
export async function allocatedBytes(folder: string, prefix = ""): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = files
    .filter((file) => basename(file).startsWith(prefix))
    .map((file) =>
      stat(join(folder, file)).then(
        ({ blocks }) => blocks * 512,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
