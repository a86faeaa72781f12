import { createHash } from "node:crypto";
import type { BoundContent } from "../client/store/index.ts";
import { encodeNar } from "../nix/index.ts";

const WORD_BYTES = 8;
const EMPTY_FILE = encodeNar({ kind: "regular", executable: false, contents: new Uint8Array(0) });
/** The bracket that closes a file: its length and itself. */
const CLOSING = EMPTY_FILE.subarray(-2 * WORD_BYTES);
/** What comes before the length of the contents. */
const OPENING = EMPTY_FILE.subarray(0, EMPTY_FILE.length - CLOSING.length - WORD_BYTES);
const START_BYTES = OPENING.length + WORD_BYTES;
const MAX_END_BYTES = WORD_BYTES - 1 + CLOSING.length;

/** Compares a NAR, piece by piece, with the content that the name of its store path stands for. */
export interface ContentCheck {
  push(piece: Uint8Array): void;
  /** Whether it is that content. */
  end(): boolean;
}

export function checkContent(content: BoundContent): ContentCheck {
  return content.mode === "recursive" ? checkNar(content) : new FileCheck(content);
}

function checkNar({ algorithm, digest }: BoundContent): ContentCheck {
  const hash = createHash(algorithm);
  return { push: (piece) => hash.update(piece), end: () => hash.digest().equals(digest) };
}

/** The contents of the one file that the NAR must consist of, whose form leaves no choice. */
class FileCheck implements ContentCheck {
  readonly #digest: Uint8Array;
  readonly #hash;
  #start = Buffer.alloc(0);
  #missing = 0;
  #length = 0;
  #end = Buffer.alloc(0);

  constructor({ algorithm, digest }: BoundContent) {
    this.#digest = digest;
    this.#hash = createHash(algorithm);
  }

  push(piece: Uint8Array): void {
    const rest = this.#contents(this.#startOf(piece));
    if (this.#end.length <= MAX_END_BYTES) {
      this.#end = Buffer.concat([this.#end, rest.subarray(0, MAX_END_BYTES + 1)]);
    }
  }

  end(): boolean {
    const padding = Buffer.alloc((WORD_BYTES - (this.#length % WORD_BYTES)) % WORD_BYTES);
    return (
      this.#start.length === START_BYTES &&
      this.#start.subarray(0, OPENING.length).equals(OPENING) &&
      this.#missing === 0 &&
      this.#end.equals(Buffer.concat([padding, CLOSING])) &&
      this.#hash.digest().equals(this.#digest)
    );
  }

  #startOf(piece: Uint8Array): Uint8Array {
    if (this.#start.length === START_BYTES) {
      return piece;
    }
    const taken = piece.subarray(0, START_BYTES - this.#start.length);
    this.#start = Buffer.concat([this.#start, taken]);
    if (this.#start.length === START_BYTES) {
      this.#length = Number(this.#start.readBigUInt64LE(OPENING.length));
      this.#missing = this.#length;
    }
    return piece.subarray(taken.length);
  }

  #contents(piece: Uint8Array): Uint8Array {
    const contents = piece.subarray(0, this.#missing);
    this.#hash.update(contents);
    this.#missing -= contents.length;
    return piece.subarray(contents.length);
  }
}
