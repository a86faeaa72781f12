import { createHash, randomBytes } from "node:crypto";
import { encodeNar } from "../../../nix/index.ts";
import type { Offered } from "./upstreamCache.ts";

const BLOCK = randomBytes(256 * 1024);
const WORD_BYTES = 8;

/** The NAR of one large file that is nowhere as a whole. */
export function largeNar(storePath: string, minBytes: number): Offered {
  const blocks = Math.ceil(minBytes / BLOCK.length);
  const size = blocks * BLOCK.length;
  const empty = encodeNar({ kind: "regular", executable: false, contents: new Uint8Array(0) });
  // the length is followed by the contents, and by the brackets that close the file
  const closing = empty.length - 2 * WORD_BYTES;
  const start = Buffer.from(empty.subarray(0, closing));
  start.writeBigUInt64LE(BigInt(size), closing - WORD_BYTES);
  function* read() {
    yield start;
    for (let block = 0; block < blocks; block += 1) {
      yield BLOCK;
    }
    yield empty.subarray(closing);
  }
  const hash = createHash("sha256");
  for (const piece of read()) {
    hash.update(piece);
  }
  return { storePath, narHash: hash.digest(), narSize: empty.length + size, read };
}
