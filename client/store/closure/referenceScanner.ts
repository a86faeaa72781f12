import { parseStorePath } from "../../../nix/index.ts";

const HASH_PART_BYTES = 32;
const IS_DIGIT = new Uint8Array(256);
for (const digit of Buffer.from("0123456789abcdfghijklmnpqrsvwxyz")) {
  IS_DIGIT[digit] = 1;
}

/** Store paths that content may refer to. */
export interface Candidates {
  readonly byHashPart: ReadonlyMap<string, string>;
  /** The first four digits of each hash part as a number: most runs of 32 digits are none of them. */
  readonly starts: ReadonlySet<number>;
}

export function candidatesOf(paths: Iterable<string>): Candidates {
  const byHashPart = new Map([...paths].map((path) => [parseStorePath(path).digest, path]));
  const starts = new Set([...byHashPart.keys()].map((digest) => Buffer.from(digest).readInt32LE()));
  return { byHashPart, starts };
}

/**
 * Finds references as Nix does after a build: a NAR refers to each path whose 32 digits are anywhere in its bytes. Looks at the last
 * digit of a place first: if that is none, no hash part can start before it, and 32 bytes are skipped at once.
 */
export class ReferenceScanner {
  readonly found = new Set<string>();
  readonly #candidates: Candidates;
  #tail: Buffer = Buffer.alloc(0);

  constructor(candidates: Candidates) {
    this.#candidates = candidates;
  }

  /** Takes the next bytes, which may be overwritten afterwards. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#scan(Buffer.concat([this.#tail, bytes.subarray(0, HASH_PART_BYTES - 1)]));
    this.#scan(bytes);
    const end = bytes.length < HASH_PART_BYTES ? Buffer.concat([this.#tail, bytes]) : bytes;
    this.#tail = Buffer.from(end.subarray(-(HASH_PART_BYTES - 1)));
  }

  #scan(bytes: Buffer): void {
    const last = bytes.length - HASH_PART_BYTES;
    let digitsFrom = 0; // from here up to the end of the last place that was looked at, all bytes are digits
    for (let start = 0; start <= last; ) {
      let at = start + HASH_PART_BYTES - 1;
      while (at >= digitsFrom && IS_DIGIT[bytes[at] as number]) {
        at -= 1;
      }
      if (at >= digitsFrom) {
        start = at + 1;
        digitsFrom = start;
        continue;
      }
      digitsFrom = start + HASH_PART_BYTES;
      this.#lookUp(bytes, start);
      start += 1;
    }
  }

  #lookUp(bytes: Buffer, start: number): void {
    if (this.#candidates.starts.has(bytes.readInt32LE(start))) {
      const path = this.#candidates.byHashPart.get(bytes.toString("latin1", start, start + HASH_PART_BYTES));
      if (path !== undefined) {
        this.found.add(path);
      }
    }
  }
}
