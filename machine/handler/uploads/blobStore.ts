import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import type { UploadRequest } from "../../../protocol/index.ts";
import { Rejection } from "../device/rejection.ts";
import { BLOB_LIMITS, type BlobLimits, type BlobQuota } from "../limits.ts";
import { ownText } from "../memory/ownText.ts";
import { Blob } from "./blob.ts";

/** Who sent a chunk, and when. */
export interface ChunkOrigin {
  readonly msgSender: Address;
  readonly blockNumber: bigint;
}

/**
 * The uploaded blobs that no build has used yet. Each sender has its own, so that nobody can spoil another's; a blob is
 * usable once all its chunks are there and their sha256 is the declared one. Chunks are on disk, the rest in memory, which
 * is part of the machine's state as well.
 *
 * No sender can fill the space of all: its own quota is smaller, and the blobs left untouched for longest make room. No
 * input has to visit all blobs.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #limits: BlobLimits;
  /** By sender and sha256; the blob whose latest chunk is oldest comes first. */
  readonly #blobs = new Map<string, Blob>();
  readonly #complete = new Map<Hex, Blob>();
  readonly #used = new Map<Address, BlobQuota>();
  #bytes = 0;
  #created = 0;

  constructor(folder: string, limits = BLOB_LIMITS) {
    this.#folder = folder;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * Adds a chunk. It replaces an earlier one of the same index, so that a wrong one can be fixed; if the blob is complete
   * already, it only postpones its expiry.
   *
   * @throws {Rejection} when the sender would exceed its quota, or when the blob is now complete and has another sha256
   * than declared. The chunk is then not added, and the wrong one can be sent again.
   */
  add(upload: UploadRequest, { msgSender, blockNumber }: ChunkOrigin): void {
    this.#dropExpired(blockNumber);
    const complete = this.#complete.get(upload.sha256);
    if (complete) {
      this.#touch(complete, blockNumber);
    } else {
      this.#addTo(upload, { msgSender, blockNumber });
    }
  }

  has(sha256: Hex): boolean {
    return this.#complete.has(sha256);
  }

  /** How many chunks of a blob a sender has yet to send; `undefined` when it has sent none. */
  missingChunks(sha256: Hex, sender: Address): number | undefined {
    return this.#blobs.get(keyOf(sender, sha256))?.missing;
  }

  /** The bytes of a complete blob. */
  read(sha256: Hex): Uint8Array {
    const blob = this.#complete.get(sha256);
    if (!blob) {
      throw new Error(`blob ${sha256} is not complete`);
    }
    return blob.read();
  }

  /** Deletes a complete blob; does nothing when there is none. */
  delete(sha256: Hex): void {
    const blob = this.#complete.get(sha256);
    if (blob) {
      this.#drop(blob);
    }
  }

  get size(): number {
    return this.#blobs.size;
  }

  #addTo(upload: UploadRequest, { msgSender, blockNumber }: ChunkOrigin): void {
    const known = this.#blobs.get(keyOf(msgSender, upload.sha256));
    const blob = known ?? this.#createBlob(upload, msgSender);
    if (blob.count !== upload.count) {
      throw new Rejection(
        `upload: ${upload.sha256} was declared with ${blob.count} chunks, not ${upload.count}: send the same count in every chunk`,
      );
    }
    const growth: BlobQuota = {
      blobs: known ? 0 : 1,
      bytes: blob.growthWith(upload.index, upload.chunk.length),
    };
    this.#checkQuota(msgSender, growth);
    this.#makeRoom(msgSender, growth);
    blob.put(upload.index, upload.chunk);
    this.#count(blob.sender, growth);
    this.#touch(blob, blockNumber);
    if (blob.missing === 0) {
      this.#finish(blob);
    }
  }

  #createBlob({ sha256, count }: UploadRequest, sender: Address): Blob {
    const file = join(this.#folder, String(this.#created));
    this.#created += 1;
    return new Blob({ sender, sha256, count, file });
  }

  #checkQuota(sender: Address, growth: BlobQuota): void {
    const { ofSender } = this.#limits;
    const { blobs, bytes } = this.#usedBy(sender);
    if (blobs + growth.blobs > ofSender.blobs) {
      throw new Rejection(
        `upload: ${sender} already has ${blobs} pending blobs, and the limit of one sender is ${ofSender.blobs}: build some of them first`,
      );
    }
    if (bytes + growth.bytes > ofSender.bytes) {
      throw new Rejection(
        `upload: ${sender} already has ${bytes} pending bytes, and ${growth.bytes} more would exceed the limit of one sender, ${ofSender.bytes}: build some blobs first`,
      );
    }
  }

  /** Drops the blobs of others that were untouched for longest. The sender's own always fit: its quota is below the whole. */
  #makeRoom(sender: Address, growth: BlobQuota): void {
    const { overall } = this.#limits;
    for (const oldest of this.#blobs.values()) {
      if (this.size + growth.blobs <= overall.blobs && this.#bytes + growth.bytes <= overall.bytes) {
        return;
      }
      if (oldest.sender !== sender) {
        this.#drop(oldest);
      }
    }
  }

  #finish(blob: Blob): void {
    const actual = blob.digest();
    if (actual !== blob.sha256) {
      throw new Rejection(
        `upload: the ${blob.count} chunks have the sha256 ${actual}, not ${blob.sha256}: send the wrong chunk again`,
      );
    }
    this.#complete.set(blob.sha256, blob);
  }

  #dropExpired(blockNumber: bigint): void {
    for (const oldest of this.#blobs.values()) {
      if (blockNumber - oldest.touchedAt <= this.#limits.expiryBlocks) {
        return;
      }
      this.#drop(oldest);
    }
  }

  #touch(blob: Blob, blockNumber: bigint): void {
    const key = keyOf(blob.sender, blob.sha256);
    blob.touchedAt = blockNumber;
    this.#blobs.delete(key);
    this.#blobs.set(key, blob);
  }

  #drop(blob: Blob): void {
    this.#blobs.delete(keyOf(blob.sender, blob.sha256));
    if (this.#complete.get(blob.sha256) === blob) {
      this.#complete.delete(blob.sha256);
    }
    this.#count(blob.sender, { blobs: -1, bytes: -blob.bytes });
    blob.remove();
  }

  #count(sender: Address, growth: BlobQuota): void {
    const used = this.#usedBy(sender);
    const blobs = used.blobs + growth.blobs;
    if (blobs === 0) {
      this.#used.delete(sender);
    } else {
      this.#used.set(sender, { blobs, bytes: used.bytes + growth.bytes });
    }
    this.#bytes += growth.bytes;
  }

  #usedBy(sender: Address): BlobQuota {
    return this.#used.get(sender) ?? { blobs: 0, bytes: 0 };
  }
}

function keyOf(sender: Address, sha256: Hex): string {
  return ownText(`${sender}:${sha256}`);
}
