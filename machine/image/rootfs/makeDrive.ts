import { cp, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Toolbox } from "../toolbox/index.ts";
import { makeFileSystem } from "./makeFileSystem.ts";

const bytesPerMebibyte = 1 << 20;
const blockSize = 4096;

/**
 * Makes the image of a job drive, which init mounts read-only at /opt/cartenix and whose program `start` it runs.
 *
 * The content is copied first; its modes count, its owners and time stamps do not. The drive is as large as the content needs.
 */
export async function makeDrive(toolbox: Toolbox, content: string, image: string): Promise<void> {
  const scratch = await mkdtemp(join(dirname(image), ".drive-"));
  try {
    const folder = join(scratch, "root");
    await cp(content, folder, { recursive: true, verbatimSymlinks: true });
    const { blocks, inodes } = await sizeOf(folder);
    // inode tables, bitmaps and extents: a twentieth and a little more
    const bytes = (blocks * blockSize + inodes * 256) * 1.05 + bytesPerMebibyte;
    const size = Math.ceil(bytes / bytesPerMebibyte) + 1;
    await makeFileSystem(toolbox, { folder, image, size, inodes: inodes + 16, label: "cartenix-job" });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function sizeOf(folder: string): Promise<{ blocks: number; inodes: number }> {
  const names = await readdir(folder, { recursive: true });
  let blocks = 8;
  for (const name of names) {
    const { size } = await lstat(join(folder, name));
    blocks += Math.ceil(size / blockSize) + 1;
  }
  return { blocks, inodes: names.length };
}
