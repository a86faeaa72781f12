import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import type { Address, Hex } from "viem";

/** What the first chunk declares about a blob, and the file for its chunks, which does not exist yet. */
export interface BlobInit {
  readonly sender: Address;
  readonly sha256: Hex;
  /** The number of chunks. */
  readonly count: number;
  readonly file: string;
}

/** Where a chunk is in the file. */
interface Slot {
  readonly offset: number;
  /** In bytes: the length of the chunk that the slot was made for. */
  readonly capacity: number;
  readonly length: number;
}

/** A blob that one sender uploads: its chunks in one file, in the order in which they arrived. */
export class Blob {
  readonly sender: Address;
  readonly sha256: Hex;
  readonly count: number;
  /** The block of the latest chunk. */
  touchedAt = 0n;
  readonly #file: string;
  readonly #slots = new Map<number, Slot>();
  #bytes = 0;
  /** Over the first `#hashed` chunks. Each input hashes what it can, so that none has to hash everything. */
  #hash = createHash("sha256");
  #hashed = 0;

  constructor({ sender, sha256, count, file }: BlobInit) {
    this.sender = sender;
    this.sha256 = sha256;
    this.count = count;
    this.#file = file;
  }

  /** Size of the file in bytes, with the chunks that longer ones replaced. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of chunks that have not arrived yet. */
  get missing(): number {
    return this.count - this.#slots.size;
  }

  /** By how many bytes such a chunk would make the file grow. */
  growthWith(index: number, length: number): number {
    const capacity = this.#slots.get(index)?.capacity ?? 0;
    return length <= capacity ? 0 : length;
  }

  /** Adds a chunk, or replaces the earlier one of the same index. */
  put(index: number, chunk: Uint8Array): void {
    const slot = this.#slots.get(index);
    if (slot && chunk.length <= slot.capacity) {
      this.#overwrite(slot.offset, chunk);
      this.#slots.set(index, { ...slot, length: chunk.length });
    } else {
      writeFileSync(this.#file, chunk, { flag: "a" });
      this.#slots.set(index, { offset: this.#bytes, capacity: chunk.length, length: chunk.length });
      this.#bytes += chunk.length;
    }
    if (index < this.#hashed) {
      this.#hash = createHash("sha256");
      this.#hashed = 0;
    }
    for (; this.#slots.has(this.#hashed); this.#hashed += 1) {
      this.#hash.update(this.#hashed === index ? chunk : this.#readChunk(this.#hashed));
    }
  }

  /** The sha256 of the whole blob, of which no chunk may be missing. */
  digest(): Hex {
    return `0x${this.#hash.copy().digest("hex")}`;
  }

  /** The whole blob, of which no chunk may be missing. */
  read(): Uint8Array {
    const file = readFileSync(this.#file);
    const pieces = Array.from({ length: this.count }, (_, index) => {
      const { offset, length } = this.#slotOf(index);
      return file.subarray(offset, offset + length);
    });
    return Buffer.concat(pieces);
  }

  /** Deletes the file. */
  remove(): void {
    rmSync(this.#file);
  }

  #slotOf(index: number): Slot {
    const slot = this.#slots.get(index);
    if (!slot) {
      throw new Error(`chunk ${index} of the blob ${this.sha256} is missing`);
    }
    return slot;
  }

  #readChunk(index: number): Uint8Array {
    const { offset, length } = this.#slotOf(index);
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
