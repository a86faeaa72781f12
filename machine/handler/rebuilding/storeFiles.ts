import { closeSync, openSync, readdirSync, readSync } from "node:fs";

/** Where a file is, as bytes: names need not be UTF-8. */
export type FilePath = Buffer;

const SLASH = Buffer.from("/");
const PIECE_BYTES = 1024 * 1024;

/** The names in a folder, sorted as in a NAR. */
export function namesIn(folder: FilePath): Buffer[] {
  return readdirSync(folder, { encoding: "buffer" }).sort(Buffer.compare);
}

export function within(folder: FilePath, name: Buffer): FilePath {
  return Buffer.concat([folder, SLASH, name]);
}

/** A file's bytes, in pieces: it may be larger than the memory that is left. All but the last are equally long. */
export function* piecesOf(file: FilePath): Generator<Buffer, void, void> {
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
