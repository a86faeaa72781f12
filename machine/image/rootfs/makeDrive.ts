import { chmod, cp, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Toolbox } from "../../toolbox/index.ts";
import { makeFileSystem } from "./makeFileSystem.ts";

const MEBIBYTE_BYTES = 1 << 20;
const BLOCK_BYTES = 4096;
const INODE_BYTES = 256;

/**
 * Makes the image of a job drive, which init mounts read-only at /opt/cartenix and whose program `start` it runs.
 *
 * The content is copied first. Of its modes only the executable bit is kept, of its owners and times nothing. The drive
 * is as large as the content needs.
 */
export async function makeDrive(toolbox: Toolbox, content: string, image: string): Promise<void> {
  const scratch = await mkdtemp(join(dirname(image), ".drive-"));
  try {
    const folder = join(scratch, "root");
    await cp(content, folder, { recursive: true, verbatimSymlinks: true });
    const { blocks, inodes } = await normalizeModes(folder);
    // inode tables, bitmaps and extents take about a twentieth more
    const bytes = (blocks * BLOCK_BYTES + inodes * INODE_BYTES) * 1.05 + MEBIBYTE_BYTES;
    const sizeMiB = Math.ceil(bytes / MEBIBYTE_BYTES) + 1;
    await makeFileSystem(toolbox, { folder, image, sizeMiB, inodes: inodes + 16, label: "cartenix-job" });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Gives all files the modes that do not depend on a checkout, and counts them. */
async function normalizeModes(folder: string): Promise<{ blocks: number; inodes: number }> {
  const names = await readdir(folder, { recursive: true });
  let blocks = 8;
  for (const name of ["", ...names]) {
    const place = join(folder, name);
    const entry = await lstat(place);
    blocks += Math.ceil(entry.size / BLOCK_BYTES) + 1;
    if (!entry.isSymbolicLink()) {
      await chmod(place, entry.isDirectory() || entry.mode & 0o111 ? 0o755 : 0o644);
    }
  }
  return { blocks, inodes: names.length };
}
