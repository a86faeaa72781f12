import { lstatSync, readlinkSync } from "node:fs";
import { type FilePath, joinName, readNames, readPieces } from "./storeFiles.ts";

const WORD_BYTES = 8;
const OWNER_EXECUTE_MODE = 0o100;

type Write = (piece: Uint8Array) => void;

/** Writes the NAR of a file or folder on the disk, in pieces. */
export function writeTreeNar(place: FilePath, write: Write): void {
  write(texts("nix-archive-1"));
  writeNode(place, write);
}

function writeNode(place: FilePath, write: Write): void {
  const stats = lstatSync(place);
  write(texts("(", "type"));
  if (stats.isDirectory()) {
    write(texts("directory"));
    for (const name of readNames(place)) {
      write(texts("entry", "(", "name", name, "node"));
      writeNode(joinName(place, name), write);
      write(texts(")"));
    }
  } else if (stats.isSymbolicLink()) {
    write(texts("symlink", "target", readlinkSync(place, { encoding: "buffer" })));
  } else {
    write(texts("regular", ...(stats.mode & OWNER_EXECUTE_MODE ? ["executable", ""] : []), "contents"));
    write(lengthWord(stats.size));
    for (const piece of readPieces(place)) {
      write(piece);
    }
    write(padding(stats.size));
  }
  write(texts(")"));
}

/** Each with its length before it, and padded with zeros to a whole word. */
function texts(...values: (string | Buffer)[]): Uint8Array {
  const parts = values.map((value) => Buffer.from(value));
  return Buffer.concat(parts.flatMap((part) => [lengthWord(part.length), part, padding(part.length)]));
}

function lengthWord(length: number): Uint8Array {
  const word = Buffer.alloc(WORD_BYTES);
  word.writeBigUInt64LE(BigInt(length));
  return word;
}

function padding(length: number): Uint8Array {
  return Buffer.alloc(-length & (WORD_BYTES - 1));
}
