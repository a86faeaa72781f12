import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import type { Address, Hex } from "viem";
import { ownText } from "../memory/ownText.ts";

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
  /** 0 for a chunk that has not arrived. */
  readonly length: number;
}

const SLOT_BYTES = 8;

/**
 * A blob that one sender uploads, in one file: a table of its slots, and then its chunks in the order in which they
 * arrived. In memory it takes the same, however many chunks it has.
 */
export class Blob {
  readonly sender: Address;
  readonly sha256: Hex;
  readonly count: number;
  /** The block of the latest chunk. */
  touchedAt = 0n;
  readonly #path: string;
  #arrived = 0;
  #bytes = 0;
  /** Over the first `#hashed` chunks. Each input hashes what it can, so that none has to hash everything. */
  #hash = createHash("sha256");
  #hashed = 0;

  constructor({ sender, sha256, count, file }: BlobInit) {
    this.sender = ownText(sender) as Address;
    this.sha256 = ownText(sha256) as Hex;
    this.count = count;
    this.#path = file;
  }

  /** Size of the chunks in the file in bytes, with those that longer ones replaced. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of chunks that have not arrived yet. */
  get missing(): number {
    return this.count - this.#arrived;
  }

  /** By how many bytes such a chunk would make the file grow. */
  growthWith(index: number, length: number): number {
    const { capacity } = this.#arrived === 0 ? NO_SLOT : this.#withFile((file) => this.#slotAt(file, index));
    return length <= capacity ? 0 : length;
  }

  /** Adds a chunk, or replaces the earlier one of the same index. */
  put(index: number, chunk: Uint8Array): void {
    if (this.#arrived === 0) {
      writeFileSync(this.#path, new Uint8Array(this.count * SLOT_BYTES));
    }
    this.#withFile((file) => {
      const { offset, capacity, length } = this.#slotAt(file, index);
      const fits = chunk.length <= capacity;
      const slot = fits
        ? { offset, capacity, length: chunk.length }
        : { offset: this.#bytes, capacity: chunk.length, length: chunk.length };
      writeSync(file, chunk, 0, chunk.length, this.#chunksStart + slot.offset);
      writeSync(file, encodeSlot(slot), 0, SLOT_BYTES, index * SLOT_BYTES);
      this.#bytes += fits ? 0 : chunk.length;
      this.#arrived += length === 0 ? 1 : 0;
      this.#hashFurther(file, index);
    });
  }

  /** The sha256 of the whole blob, of which no chunk may be missing. */
  digest(): Hex {
    return `0x${this.#hash.copy().digest("hex")}`;
  }

  /** The whole blob, of which no chunk may be missing. */
  read(): Uint8Array {
    const file = readFileSync(this.#path);
    const pieces = Array.from({ length: this.count }, (_, index) => {
      const { offset, length } = decodeSlot(file.subarray(index * SLOT_BYTES, (index + 1) * SLOT_BYTES));
      const start = this.#chunksStart + offset;
      return file.subarray(start, start + length);
    });
    return Buffer.concat(pieces);
  }

  /** Deletes the file. */
  remove(): void {
    rmSync(this.#path);
  }

  get #chunksStart(): number {
    return this.count * SLOT_BYTES;
  }

  /** Hashes what follows on the hashed chunks, and everything again if one of those was replaced. */
  #hashFurther(file: number, replaced: number): void {
    if (replaced < this.#hashed) {
      this.#hash = createHash("sha256");
      this.#hashed = 0;
    }
    for (; this.#hashed < this.count; this.#hashed += 1) {
      const { offset, length } = this.#slotAt(file, this.#hashed);
      if (length === 0) {
        return;
      }
      this.#hash.update(readAt(file, this.#chunksStart + offset, length));
    }
  }

  #slotAt(file: number, index: number): Slot {
    return decodeSlot(readAt(file, index * SLOT_BYTES, SLOT_BYTES));
  }

  #withFile<T>(use: (file: number) => T): T {
    const file = openSync(this.#path, "r+");
    try {
      return use(file);
    } finally {
      closeSync(file);
    }
  }
}

const NO_SLOT: Slot = { offset: 0, capacity: 0, length: 0 };

function encodeSlot({ offset, capacity, length }: Slot): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.writeUInt32LE(offset, 0);
  bytes.writeUInt16LE(capacity, 4);
  bytes.writeUInt16LE(length, 6);
  return bytes;
}

function decodeSlot(bytes: Buffer): Slot {
  return { offset: bytes.readUInt32LE(0), capacity: bytes.readUInt16LE(4), length: bytes.readUInt16LE(6) };
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  const read = readSync(file, bytes, 0, length, position);
  if (read !== length) {
    throw new Error(`a blob's file ends ${length - read} bytes early`);
  }
  return bytes;
}
