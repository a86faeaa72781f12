import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import type { Address, Hex } from "viem";

/** What a blob was announced as, and the file for its chunks, which is not there yet. */
export interface BlobInit {
  readonly sender: Address;
  readonly sha256: Hex;
  /** How many chunks it has. */
  readonly count: number;
  readonly file: string;
}

/** Where a chunk lies in the file. */
interface Place {
  readonly offset: number;
  /** Bytes of the longest chunk that lay there. */
  readonly room: number;
  readonly length: number;
}

/** One sender's blob on its way: its chunks in one file, in the order in which they came. */
export class Blob {
  readonly sender: Address;
  readonly sha256: Hex;
  readonly count: number;
  /** The block of the last chunk. */
  touchedAt = 0n;
  readonly #file: string;
  readonly #places = new Map<number, Place>();
  #bytes = 0;
  /** Over the first `#hashed` chunks: each input hashes what it can, so that none has to hash all. */
  #hash = createHash("sha256");
  #hashed = 0;

  constructor({ sender, sha256, count, file }: BlobInit) {
    this.sender = sender;
    this.sha256 = sha256;
    this.count = count;
    this.#file = file;
  }

  /** Bytes of the file: those of all chunks, and of those that a longer one replaced. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Chunks that did not come yet. */
  get missing(): number {
    return this.count - this.#places.size;
  }

  /** Bytes that the file would grow by with such a chunk. */
  growthWith(index: number, length: number): number {
    const room = this.#places.get(index)?.room ?? 0;
    return length <= room ? 0 : length;
  }

  /** Takes a chunk, in place of the one before it if there was one. */
  put(index: number, chunk: Uint8Array): void {
    const place = this.#places.get(index);
    if (place && chunk.length <= place.room) {
      this.#overwrite(place.offset, chunk);
      this.#places.set(index, { ...place, length: chunk.length });
    } else {
      writeFileSync(this.#file, chunk, { flag: "a" });
      this.#places.set(index, { offset: this.#bytes, room: chunk.length, length: chunk.length });
      this.#bytes += chunk.length;
    }
    if (index < this.#hashed) {
      this.#hash = createHash("sha256");
      this.#hashed = 0;
    }
    for (; this.#places.has(this.#hashed); this.#hashed += 1) {
      this.#hash.update(this.#hashed === index ? chunk : this.#readChunk(this.#hashed));
    }
  }

  /** The sha256 of all chunks, none of which may be missing. */
  digest(): Hex {
    return `0x${this.#hash.copy().digest("hex")}`;
  }

  /** All chunks, none of which may be missing, one after the other. */
  read(): Uint8Array {
    const file = readFileSync(this.#file);
    const pieces = Array.from({ length: this.count }, (_, index) => {
      const { offset, length } = this.#placeOf(index);
      return file.subarray(offset, offset + length);
    });
    return Buffer.concat(pieces);
  }

  /** Gives back what it takes on disk. */
  remove(): void {
    rmSync(this.#file);
  }

  #placeOf(index: number): Place {
    const place = this.#places.get(index);
    if (!place) {
      throw new Error(`chunk ${index} of the blob ${this.sha256} did not come yet`);
    }
    return place;
  }

  #readChunk(index: number): Uint8Array {
    const { offset, length } = this.#placeOf(index);
    const chunk = new Uint8Array(length);
    this.#withFile("r", (file) => readSync(file, chunk, 0, length, offset));
    return chunk;
  }

  #overwrite(offset: number, chunk: Uint8Array): void {
    this.#withFile("r+", (file) => writeSync(file, chunk, 0, chunk.length, offset));
  }

  #withFile(flags: string, use: (file: number) => void): void {
    const file = openSync(this.#file, flags);
    try {
      use(file);
    } finally {
      closeSync(file);
    }
  }
}
