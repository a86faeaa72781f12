import { lstatSync, readlinkSync } from "node:fs";
import { namesIn, type Place, piecesOf, within } from "./files.ts";

const WORD = 8;
const OWNER_MAY_EXECUTE = 0o100;

/** The NAR of what lies on the disk, in pieces. */
export function* narOfTree(place: Place): Generator<Uint8Array, void, void> {
  yield texts("nix-archive-1");
  yield* node(place);
}

function* node(place: Place): Generator<Uint8Array, void, void> {
  const stats = lstatSync(place);
  yield texts("(", "type");
  if (stats.isDirectory()) {
    yield texts("directory");
    for (const name of namesIn(place)) {
      yield texts("entry", "(", "name", name, "node");
      yield* node(within(place, name));
      yield texts(")");
    }
  } else if (stats.isSymbolicLink()) {
    yield texts("symlink", "target", readlinkSync(place, { encoding: "buffer" }));
  } else {
    yield texts("regular", ...(stats.mode & OWNER_MAY_EXECUTE ? ["executable", ""] : []), "contents");
    yield lengthWord(stats.size);
    yield* piecesOf(place);
    yield padding(stats.size);
  }
  yield texts(")");
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
