import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { type FileHandle, open, readdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import type { Hex } from "viem";

const PIECE_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);

/** Where the digest of a stored machine lies: beside its folder. */
export function digestFileOf(directory: string): string {
  return `${resolve(directory)}.digest`;
}

/** Writes the digest of a stored machine beside it, unless it is there already. */
export async function writeDigest(directory: string): Promise<void> {
  const file = digestFileOf(directory);
  if (existsSync(file)) {
    return;
  }
  await writeFile(`${file}.${process.pid}`, `${await folderDigest(directory)}\n`);
  await rename(`${file}.${process.pid}`, file);
}

/**
 * A digest over all files of a folder, against damage, not against malice: a CRC of each. A stored machine is mostly
 * holes, and pieces of zeros are only counted, so this takes a second or two where sha256 would take ten.
 */
export async function folderDigest(folder: string): Promise<Hex> {
  const digest = createHash("sha256");
  for (const name of (await readdir(folder)).sort()) {
    await using file = await open(join(folder, name), "r");
    const { size } = await file.stat();
    digest.update(`${name} ${size} ${await crcOf(file)}\n`);
  }
  return `0x${digest.digest("hex")}`;
}

async function crcOf(file: FileHandle): Promise<number> {
  const buffer = Buffer.alloc(PIECE_BYTES);
  let crc = 0;
  for (let piece = 0; ; piece++) {
    const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, piece * PIECE_BYTES);
    if (bytesRead === 0) {
      return crc;
    }
    const bytes = buffer.subarray(0, bytesRead);
    if (!bytes.equals(ZEROS.subarray(0, bytesRead))) {
      crc = crc32(bytes, crc32(`${piece} `, crc));
    }
  }
}
