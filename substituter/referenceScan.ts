import { STORE_DIR } from "../nix/index.ts";
import type { AcceptedOutput } from "./acceptedOutput.ts";

const HASH_PART_BYTES = 32;
/** Where a store path begins in a content: after the store's folder, or after that of a neighbour. */
const PREFIXES = [`${STORE_DIR}/`, "../"].map((text) => Buffer.from(text));
/** What a piece shares with the next one, so that no store path is missed where they meet. */
const SEAM_BYTES = Math.max(...PREFIXES.map(({ length }) => length)) + HASH_PART_BYTES;
const SLASH = 0x2f;
const DASH = 0x2d;
const IS_BASE32 = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number("0123456789abcdfghijklmnpqrsvwxyz".includes(String.fromCharCode(byte))),
);

/** How a NAR and the references that somebody states of it differ. */
export interface ReferenceDifference {
  /** A stated reference whose hash part is nowhere in the NAR. */
  readonly absent?: string;
  /** The hash part of a store path that the NAR names, and that is not stated. */
  readonly unstated?: string;
}

/**
 * Compares the references that are stated of a NAR with its bytes, as Nix finds them: a path refers to those whose hash parts it contains.
 * Nix looks for the hash parts of the build's inputs, which are not known here. So the stated ones must be there, and what has the form
 * of a store path (`/nix/store/<hash>-`, `../<hash>-`) must be stated.
 */
export class ReferenceScan {
  readonly #stated: ReadonlyMap<string, string>;
  /** The first four bytes of each stated hash part: nearly all that merely looks like one is passed over by them. */
  readonly #starts: ReadonlySet<number>;
  readonly #found = new Set<string>();
  #unstated: string | undefined;
  #tail: Uint8Array = new Uint8Array(0);

  constructor({ references }: Pick<AcceptedOutput, "references">) {
    this.#stated = new Map(references.map((path) => [path.slice(STORE_DIR.length + 1).slice(0, 32), path]));
    this.#starts = new Set([...this.#stated.keys()].map((hash) => Buffer.from(hash).readUInt32LE()));
  }

  push(chunk: Uint8Array): void {
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, SEAM_BYTES)]);
    this.#scan(seam);
    if (chunk.length > SEAM_BYTES) {
      this.#scan(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      this.#tail = chunk.slice(-SEAM_BYTES);
    } else {
      this.#tail = seam.subarray(-SEAM_BYTES);
    }
  }

  end(): ReferenceDifference | undefined {
    if (this.#unstated !== undefined) {
      return { unstated: this.#unstated };
    }
    const absent = [...this.#stated].find(([hash]) => !this.#found.has(hash));
    return absent && { absent: absent[1] };
  }

  #scan(bytes: Buffer): void {
    const end = bytes.length - HASH_PART_BYTES;
    /** Up to where all bytes from `start` on are known to be of the alphabet. */
    let known = 0;
    for (let start = 0; start <= end; ) {
      let index = start + HASH_PART_BYTES - 1;
      while (index >= known && IS_BASE32[bytes[index]!] === 1) {
        index -= 1;
      }
      if (index < known) {
        this.#consider(bytes, start);
        known = start + HASH_PART_BYTES;
        start += 1;
      } else {
        start = index + 1;
        known = start;
      }
    }
  }

  #consider(bytes: Buffer, start: number): void {
    const end = start + HASH_PART_BYTES;
    if (this.#starts.has(bytes.readUInt32LE(start))) {
      const hash = bytes.toString("latin1", start, end);
      if (this.#stated.has(hash)) {
        this.#found.add(hash);
        return;
      }
    }
    if (bytes[end] === DASH && bytes[start - 1] === SLASH && isPath(bytes, start)) {
      this.#unstated ??= bytes.toString("latin1", start, end);
    }
  }
}

function isPath(bytes: Buffer, start: number): boolean {
  return PREFIXES.some((prefix) => bytes.subarray(Math.max(0, start - prefix.length), start).equals(prefix));
}
