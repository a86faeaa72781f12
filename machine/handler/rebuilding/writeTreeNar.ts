import { lstatSync, readlinkSync } from "node:fs";
import { type FilePath, namesIn, piecesOf, within } from "./storeFiles.ts";

const WORD = 8;
const OWNER_MAY_EXECUTE = 0o100;

type Write = (piece: Uint8Array) => void;

/** Writes the NAR of what lies on the disk, in pieces. */
export function writeTreeNar(place: FilePath, write: Write): void {
  write(texts("nix-archive-1"));
  writeNode(place, write);
}

function writeNode(place: FilePath, write: Write): void {
  const stats = lstatSync(place);
  write(texts("(", "type"));
  if (stats.isDirectory()) {
    write(texts("directory"));
    for (const name of namesIn(place)) {
      write(texts("entry", "(", "name", name, "node"));
      writeNode(within(place, name), write);
      write(texts(")"));
    }
  } else if (stats.isSymbolicLink()) {
    write(texts("symlink", "target", readlinkSync(place, { encoding: "buffer" })));
  } else {
    write(texts("regular", ...(stats.mode & OWNER_MAY_EXECUTE ? ["executable", ""] : []), "contents"));
    write(lengthWord(stats.size));
    for (const piece of piecesOf(place)) {
      write(piece);
    }
    write(padding(stats.size));
  }
  write(texts(")"));
}

/** Each behind its length, and with zeros to a whole word. */
function texts(...values: (string | Buffer)[]): Uint8Array {
  const parts = values.map((value) => Buffer.from(value));
  return Buffer.concat(parts.flatMap((part) => [lengthWord(part.length), part, padding(part.length)]));
}

function lengthWord(length: number): Uint8Array {
  const word = Buffer.alloc(WORD);
  word.writeBigUInt64LE(BigInt(length));
  return word;
}

function padding(length: number): Uint8Array {
  return Buffer.alloc(-length & (WORD - 1));
}
