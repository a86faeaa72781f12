import { chmodSync, closeSync, lstatSync, openSync, readdirSync, readSync, rmSync } from "node:fs";

/** A path on the disk, as bytes, since names need not be UTF-8. */
export type FilePath = Buffer;

const SLASH = Buffer.from("/");
const PIECE_BYTES = 1024 * 1024;
const OWNER_ALL_MODE = 0o700;

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

/** Deletes a file or folder, as a user who is not root, too: Nix makes the folders in its store read-only. */
export function removeTree(place: FilePath): void {
  makeFoldersWritable(place);
  rmSync(place, { recursive: true });
}

function makeFoldersWritable(place: FilePath): void {
  if (!lstatSync(place).isDirectory()) {
    return;
  }
  chmodSync(place, OWNER_ALL_MODE);
  for (const name of readNames(place)) {
    makeFoldersWritable(joinName(place, name));
  }
}
