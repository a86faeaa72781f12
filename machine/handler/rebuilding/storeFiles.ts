import { closeSync, openSync, readdirSync, readSync } from "node:fs";

/** A path on the disk, as bytes, since names need not be UTF-8. */
export type FilePath = Buffer;

const SLASH = Buffer.from("/");
const PIECE_BYTES = 1024 * 1024;

/** The names in a folder, sorted as in a NAR. */
export function readNames(folder: FilePath): Buffer[] {
  return readdirSync(folder, { encoding: "buffer" }).sort(Buffer.compare);
}

export function joinName(folder: FilePath, name: Buffer): FilePath {
  return Buffer.concat([folder, SLASH, name]);
}

/** Reads a file in pieces, since it may be larger than the free memory. All but the last have the same length. */
export function* readPieces(file: FilePath): Generator<Buffer, void, void> {
  const opened = openSync(file, "r");
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(opened, piece);
      if (length === 0) {
        return;
      }
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(opened);
  }
}
