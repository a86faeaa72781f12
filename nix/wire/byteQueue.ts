import { concatBytes } from "../bytes/concatBytes.ts";

const EMPTY = new Uint8Array(0);

/** Chunks as one stream of bytes. Only what straddles chunks and must be contiguous is copied. */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #offset = 0;
  #available = 0;
  #position = 0;
  #ended = false;

  /** Bytes that can be taken now. */
  get available(): number {
    return this.#available;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  /** Whether no more chunks will be pushed. */
  get ended(): boolean {
    return this.#ended;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) {
      return;
    }
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  end(): void {
    this.#ended = true;
  }

  /** Whether the next bytes are these; they must be available. */
  startsWith(expected: Uint8Array): boolean {
    this.#gather(expected.length);
    const head = this.#head();
    for (let index = 0; index < expected.length; index++) {
      if (head[this.#offset + index] !== expected[index]) {
        return false;
      }
    }
    return true;
  }

  /** Takes exactly `length` bytes; they must be available. */
  take(length: number): Uint8Array {
    this.#gather(length);
    const bytes = this.#head().subarray(this.#offset, this.#offset + length);
    this.skip(length);
    return bytes;
  }

  /** Takes as many contiguous bytes as there are, at most `length`. */
  takeUpTo(length: number): Uint8Array {
    return this.take(Math.min(length, this.#head().length - this.#offset));
  }

  /** Drops `length` bytes of the first chunk. */
  skip(length: number): void {
    this.#offset += length;
    this.#available -= length;
    this.#position += length;
    if (this.#offset === this.#head().length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
  }

  #head(): Uint8Array {
    return this.#chunks[0] ?? EMPTY;
  }

  #gather(length: number): void {
    const head = this.#head();
    if (head.length - this.#offset >= length) {
      return;
    }
    const first = head.subarray(this.#offset);
    const pieces = [first];
    let missing = length - first.length;
    while (missing > 0) {
      const next = this.#chunks[pieces.length] as Uint8Array;
      pieces.push(next.subarray(0, missing));
      missing -= Math.min(missing, next.length);
    }
    const last = this.#chunks[pieces.length - 1] as Uint8Array;
    const rest = last.subarray((pieces.at(-1) as Uint8Array).length);
    this.#chunks.splice(0, pieces.length, concatBytes(pieces), ...(rest.length > 0 ? [rest] : []));
    this.#offset = 0;
  }
}
