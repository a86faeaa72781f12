import { chmod, cp, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Toolbox } from "../../toolbox/index.ts";
import { makeFileSystem } from "./makeFileSystem.ts";

const bytesPerMebibyte = 1 << 20;
const blockSize = 4096;

/**
 * Makes the image of a job drive, which init mounts read-only at /opt/cartenix and whose program `start` it runs.
 *
 * The content is copied first. Of its modes only the right to run counts, of its owners and time stamps nothing. The
 * drive is as large as the content needs.
 */
export async function makeDrive(toolbox: Toolbox, content: string, image: string): Promise<void> {
  const scratch = await mkdtemp(join(dirname(image), ".drive-"));
  try {
    const folder = join(scratch, "root");
    await cp(content, folder, { recursive: true, verbatimSymlinks: true });
    const { blocks, inodes } = await evenOut(folder);
    // inode tables, bitmaps and extents: a twentieth and a little more
    const bytes = (blocks * blockSize + inodes * 256) * 1.05 + bytesPerMebibyte;
    const size = Math.ceil(bytes / bytesPerMebibyte) + 1;
    await makeFileSystem(toolbox, { folder, image, size, inodes: inodes + 16, label: "cartenix-job" });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Gives all files the modes that everyone's checkout agrees on, and counts them. */
async function evenOut(folder: string): Promise<{ blocks: number; inodes: number }> {
  const names = await readdir(folder, { recursive: true });
  let blocks = 8;
  for (const name of ["", ...names]) {
    const place = join(folder, name);
    const entry = await lstat(place);
    blocks += Math.ceil(entry.size / blockSize) + 1;
    if (!entry.isSymbolicLink()) {
      await chmod(place, entry.isDirectory() || entry.mode & 0o111 ? 0o755 : 0o644);
    }
  }
  return { blocks, inodes: names.length };
}
