import { createHash, type Hash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import type { UploadRequest } from "../../../requests/index.ts";
import { BLOB_EXPIRY_BLOCKS, MAX_BLOBS, MAX_BLOBS_BYTES, MAX_BLOBS_OF_SENDER } from "../limits.ts";
import { Rejection } from "../rejection.ts";

/** Who sends a chunk, and when. */
export interface ChunkOrigin {
  readonly msgSender: Address;
  readonly blockNumber: bigint;
}

interface Blob {
  readonly sender: Address;
  readonly sha256: Hex;
  readonly folder: string;
  readonly count: number;
  /** Bytes of each chunk that came, by index. */
  readonly sizes: Map<number, number>;
  /** The sum of `sizes`. */
  bytes: number;
  touchedAt: bigint;
  /** Over the first `hashed` chunks: each input hashes what it can, so that none has to hash all. */
  hash: Hash;
  hashed: number;
}

/**
 * The blobs on their way into the machine: each sender's for itself, so that nobody can spoil another's, until one
 * is complete and has the sha256 it was announced with. Chunks lie on disk; the books are in memory, which is part of
 * the machine's state as well.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #unfinished = new Map<string, Blob>();
  readonly #complete = new Map<Hex, Blob>();
  #opened = 0;

  constructor(folder: string, maxBytes = MAX_BLOBS_BYTES) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * Takes a chunk. One that came before is replaced, so that a wrong one can be mended; one of a blob that is there
   * already changes nothing.
   *
   * @throws Rejection when a bound would be passed, or the blob is now complete and not what it was announced to be:
   * then this chunk is not taken, and the wrong one can be sent again.
   */
  add(upload: UploadRequest, origin: ChunkOrigin): void {
    if (this.#complete.has(upload.sha256)) return;
    this.#dropExpired(origin.blockNumber);
    const blob = this.#blobFor(upload, origin);
    this.#put(blob, upload);
    blob.touchedAt = origin.blockNumber;
    if (blob.sizes.size === blob.count) this.#finish(blob);
  }

  has(sha256: Hex): boolean {
    return this.#complete.has(sha256);
  }

  /** How many chunks of a blob a sender still has to send; `undefined` when it has sent none. */
  missingChunks(sha256: Hex, sender: Address): number | undefined {
    const blob = this.#unfinished.get(keyOf(sender, sha256));
    return blob && blob.count - blob.sizes.size;
  }

  /** The bytes of a complete blob. */
  read(sha256: Hex): Uint8Array {
    const blob = this.#complete.get(sha256);
    if (!blob) throw new Error(`blob ${sha256} is not complete`);
    return Buffer.concat(Array.from({ length: blob.count }, (_, index) => readChunk(blob, index)));
  }

  /** Drops a blob that is not needed any more. */
  delete(sha256: Hex): void {
    const blob = this.#complete.get(sha256);
    this.#complete.delete(sha256);
    if (blob) rmSync(blob.folder, { recursive: true });
  }

  get size(): number {
    return this.#unfinished.size + this.#complete.size;
  }

  #blobFor({ sha256, count }: UploadRequest, { msgSender, blockNumber }: ChunkOrigin): Blob {
    const key = keyOf(msgSender, sha256);
    const known = this.#unfinished.get(key);
    if (known) {
      if (known.count !== count)
        throw new Rejection(
          `upload: ${sha256} has ${known.count} chunks, as its first one said, not ${count}`,
        );
      return known;
    }
    if (this.size >= MAX_BLOBS) throw new Rejection(`upload: ${MAX_BLOBS} blobs are on their way already`);
    const ofSender = [...this.#blobs()].filter(({ sender }) => sender === msgSender).length;
    if (ofSender >= MAX_BLOBS_OF_SENDER)
      throw new Rejection(
        `upload: ${msgSender} has ${ofSender} blobs on their way already: build them first`,
      );
    const folder = join(this.#folder, String(this.#opened));
    const blob: Blob = {
      sender: msgSender,
      sha256,
      folder,
      count,
      sizes: new Map(),
      bytes: 0,
      touchedAt: blockNumber,
      hash: createHash("sha256"),
      hashed: 0,
    };
    this.#opened += 1;
    mkdirSync(folder);
    this.#unfinished.set(key, blob);
    return blob;
  }

  #put(blob: Blob, { index, chunk }: UploadRequest): void {
    const growth = chunk.length - (blob.sizes.get(index) ?? 0);
    const used = [...this.#blobs()].reduce((sum, { bytes }) => sum + bytes, 0);
    if (used + growth > this.#maxBytes)
      throw new Rejection(`upload: the space for blobs, ${this.#maxBytes} bytes, is full`);
    writeFileSync(join(blob.folder, String(index)), chunk);
    blob.sizes.set(index, chunk.length);
    blob.bytes += growth;
    if (index < blob.hashed) Object.assign(blob, { hash: createHash("sha256"), hashed: 0 });
    for (; blob.sizes.has(blob.hashed); blob.hashed += 1)
      blob.hash.update(blob.hashed === index ? chunk : readChunk(blob, blob.hashed));
  }

  #finish(blob: Blob): void {
    const actual: Hex = `0x${blob.hash.copy().digest("hex")}`;
    if (actual !== blob.sha256) {
      throw new Rejection(
        `upload: the ${blob.count} chunks together have the sha256 ${actual}, not ${blob.sha256}: send the wrong one again`,
      );
    }
    this.#unfinished.delete(keyOf(blob.sender, blob.sha256));
    this.#complete.set(blob.sha256, blob);
  }

  #dropExpired(blockNumber: bigint): void {
    for (const blob of this.#blobs()) {
      if (blockNumber - blob.touchedAt <= BLOB_EXPIRY_BLOCKS) continue;
      this.#unfinished.delete(keyOf(blob.sender, blob.sha256));
      this.#complete.delete(blob.sha256);
      rmSync(blob.folder, { recursive: true });
    }
  }

  *#blobs(): Generator<Blob> {
    yield* this.#unfinished.values();
    yield* this.#complete.values();
  }
}

function keyOf(sender: Address, sha256: Hex): string {
  return `${sender}:${sha256}`;
}

function readChunk({ folder }: Blob, index: number): Buffer {
  return readFileSync(join(folder, String(index)));
}
