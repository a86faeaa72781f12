import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import type { UploadRequest } from "../../../protocol/index.ts";
import { Rejection } from "../device/rejection.ts";
import { BLOB_LIMITS, type BlobLimits, type BlobQuota } from "../limits.ts";
import { Blob } from "./blob.ts";

/** Who sends a chunk, and when. */
export interface ChunkOrigin {
  readonly msgSender: Address;
  readonly blockNumber: bigint;
}

/**
 * The blobs on their way into the machine: each sender's for itself, so that nobody can spoil another's, until one
 * is complete and has the sha256 it was announced with. Chunks lie on disk; the books are in memory, which is part of
 * the machine's state as well.
 *
 * One sender can pass its own quota only, never fill the space of all: what is left alone for longest makes room. No
 * input looks at all blobs.
 */
export class BlobStore {
  readonly #folder: string;
  readonly #limits: BlobLimits;
  /** By sender and sha256, the one whose last chunk is oldest first. */
  readonly #blobs = new Map<string, Blob>();
  readonly #complete = new Map<Hex, Blob>();
  readonly #used = new Map<Address, BlobQuota>();
  #bytes = 0;
  #opened = 0;

  constructor(folder: string, limits = BLOB_LIMITS) {
    this.#folder = folder;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * Takes a chunk. One that came before is replaced, so that a wrong one can be mended; one of a blob that is there
   * already only keeps it there.
   *
   * @throws Rejection when the sender's quota would be passed, or the blob is now complete and not what it was announced
   * to be: then this chunk is not taken, and the wrong one can be sent again.
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

  /** How many chunks of a blob a sender still has to send; `undefined` when it has sent none. */
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

  /** Drops a blob that is not needed any more. */
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
    const blob = known ?? this.#announced(upload, msgSender);
    if (blob.count !== upload.count) {
      throw new Rejection(
        `upload: ${upload.sha256} has ${blob.count} chunks, as its first one said, not ${upload.count}`,
      );
    }
    const growth: BlobQuota = {
      blobs: known ? 0 : 1,
      bytes: blob.growthWith(upload.index, upload.chunk.length),
    };
    this.#checkQuota(msgSender, growth);
    this.#makeRoom(msgSender, growth);
    blob.put(upload.index, upload.chunk);
    this.#count(msgSender, growth);
    this.#touch(blob, blockNumber);
    if (blob.missing === 0) {
      this.#finish(blob);
    }
  }

  #announced({ sha256, count }: UploadRequest, sender: Address): Blob {
    const file = join(this.#folder, String(this.#opened));
    this.#opened += 1;
    return new Blob({ sender, sha256, count, file });
  }

  #checkQuota(sender: Address, growth: BlobQuota): void {
    const { ofSender } = this.#limits;
    const { blobs, bytes } = this.#usedBy(sender);
    if (blobs + growth.blobs > ofSender.blobs) {
      throw new Rejection(
        `upload: a sender may have ${ofSender.blobs} blobs on their way, and ${sender} has ${blobs} already: build them first`,
      );
    }
    if (bytes + growth.bytes > ofSender.bytes) {
      throw new Rejection(
        `upload: a sender may have ${ofSender.bytes} bytes on their way, and ${sender} has ${bytes} already: ${growth.bytes} more do not fit, build those first`,
      );
    }
  }

  /** Drops what others left alone for longest. A sender's own never have to go: its quota is less than the whole. */
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
        `upload: the ${blob.count} chunks together have the sha256 ${actual}, not ${blob.sha256}: send the wrong one again`,
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
  return `${sender}:${sha256}`;
}
