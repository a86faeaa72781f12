import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Address, Hex } from "viem";
import { Rejection } from "../../../machine/handler/device/rejection.ts";
import type { BlobLimits } from "../../../machine/handler/limits.ts";
import type { BlobStore } from "../../../machine/handler/uploads/blobStore.ts";

/** The chunks of some blobs. */
const CONTENTS = [
  ["alpha beta", "gamma"],
  ["a long chunk of 25 bytes.", "b", "c"],
  ["1", "2", "3"],
  ["whole"],
];
const SENDERS: readonly Address[] = ["aa", "bb", "cc"].map((byte): Address => `0x${byte.repeat(20)}`);
const BLOBS = CONTENTS.map((chunks): Hex => {
  return `0x${createHash("sha256").update(chunks.join("")).digest("hex")}`;
});

/** One input: a chunk, right or wrong, or a build that consumes a complete blob. */
export type BlobEvent = { readonly blocks: bigint } & (
  | { readonly kind: "chunk"; sender: Address; blob: number; index: number; count: number; chunk: string }
  | { readonly kind: "build"; blob: number }
);

const blocks = fc.constantFrom(0n, 0n, 0n, 1n, 4n, 7n);

const chunkEvent: fc.Arbitrary<BlobEvent> = fc
  .record({
    blocks,
    sender: fc.constantFrom(...SENDERS),
    blob: fc.nat(CONTENTS.length - 1),
    pick: fc.nat(),
    wrong: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      fc.constantFrom("wrong", "x".repeat(30)),
    ),
    fewer: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.constant(1)),
  })
  .map(({ blocks, sender, blob, pick, wrong, fewer }) => {
    const chunks = CONTENTS[blob]!;
    const index = pick % chunks.length;
    const count = Math.max(index + 1, chunks.length - fewer);
    return { kind: "chunk", blocks, sender, blob, index, count, chunk: wrong ?? chunks[index]! };
  });

export const blobEvent: fc.Arbitrary<BlobEvent> = fc.oneof(
  { weight: 12, arbitrary: chunkEvent },
  fc.record({ kind: fc.constant("build" as const), blocks, blob: fc.nat(CONTENTS.length - 1) }),
);

/** Applies an input to the store. */
export function apply(event: BlobEvent, blockNumber: bigint, store: BlobStore): void {
  const sha256 = BLOBS[event.blob]!;
  if (event.kind === "build") {
    store.delete(sha256);
  } else {
    const { index, count, sender: msgSender } = event;
    const chunk = Buffer.from(event.chunk);
    store.add({ kind: "upload", sha256, index, count, chunk }, { msgSender, blockNumber });
  }
}

/** The outcome in a few words. */
export function outcomeOf(work: () => void): string {
  try {
    work();
    return "accepted";
  } catch (error) {
    if (!(error instanceof Rejection)) {
      throw error;
    }
    if (/has \d+ pending blobs/.test(error.message)) {
      return "too many blobs";
    }
    if (/has \d+ pending bytes/.test(error.message)) {
      return "too many bytes";
    }
    return /was declared with/.test(error.message) ? "other count" : "wrong sha256";
  }
}

/** Everything that can be observed of the blobs. */
export function viewOf(store: Pick<BlobStore, "has" | "read" | "missingChunks" | "size">): unknown {
  return {
    size: store.size,
    complete: BLOBS.map((blob) => store.has(blob) && Buffer.from(store.read(blob)).toString()),
    missing: BLOBS.map((blob) => SENDERS.map((sender) => store.missingChunks(blob, sender))),
  };
}

interface ModelBlob {
  readonly sender: Address;
  readonly blob: number;
  readonly count: number;
  readonly chunks: Map<number, { text: string; room: number }>;
  bytes: number;
  touchedAt: bigint;
}

/** The rules at their simplest: a list with the blob touched last at its end, and no other state. */
export class BlobModel {
  readonly #limits: BlobLimits;
  #list: ModelBlob[] = [];

  constructor(limits: BlobLimits) {
    this.#limits = limits;
  }

  apply(event: BlobEvent, blockNumber: bigint): string {
    if (event.kind === "build") {
      const complete = this.#complete(event.blob);
      this.#list = this.#list.filter((one) => one !== complete);
      return "accepted";
    }
    this.#list = this.#list.filter(({ touchedAt }) => blockNumber - touchedAt <= this.#limits.expiryBlocks);
    const complete = this.#complete(event.blob);
    if (complete) {
      return this.#touch(complete, blockNumber);
    }

    const { sender, blob, index, count, chunk } = event;
    const known = this.#list.find((one) => one.sender === sender && one.blob === blob);
    if (known && known.count !== count) {
      return "other count";
    }
    const room = known?.chunks.get(index)?.room ?? 0;
    const growth = chunk.length > room ? chunk.length : 0;
    const own = this.#list.filter((one) => one.sender === sender);
    if (own.length + (known ? 0 : 1) > this.#limits.ofSender.blobs) {
      return "too many blobs";
    }
    if (bytesOf(own) + growth > this.#limits.ofSender.bytes) {
      return "too many bytes";
    }
    while (
      this.#list.length + (known ? 0 : 1) > this.#limits.overall.blobs ||
      this.bytes + growth > this.#limits.overall.bytes
    ) {
      const victim = this.#list.find((one) => one.sender !== sender);
      this.#list = this.#list.filter((one) => one !== victim);
    }
    const changed = known ?? { sender, blob, count, chunks: new Map(), bytes: 0, touchedAt: 0n };
    changed.chunks.set(index, { text: chunk, room: Math.max(room, chunk.length) });
    changed.bytes += growth;
    this.#touch(changed, blockNumber);
    return changed.chunks.size < count || matchesItsHash(changed) ? "accepted" : "wrong sha256";
  }

  get bytes(): number {
    return bytesOf(this.#list);
  }

  /** Of all files: each begins with a table of eight bytes a chunk. */
  get fileBytes(): number {
    return this.bytes + this.#list.reduce((sum, { count }) => sum + 8 * count, 0);
  }

  get size(): number {
    return this.#list.length;
  }

  has(sha256: Hex): boolean {
    return this.#complete(BLOBS.indexOf(sha256)) !== undefined;
  }

  read(sha256: Hex): Uint8Array {
    return Buffer.from(CONTENTS[BLOBS.indexOf(sha256)]!.join(""));
  }

  missingChunks(sha256: Hex, sender: Address): number | undefined {
    const blob = this.#list.find((one) => one.sender === sender && BLOBS[one.blob] === sha256);
    return blob && blob.count - blob.chunks.size;
  }

  #touch(blob: ModelBlob, blockNumber: bigint): string {
    blob.touchedAt = blockNumber;
    this.#list = [...this.#list.filter((one) => one !== blob), blob];
    return "accepted";
  }

  #complete(blob: number): ModelBlob | undefined {
    return this.#list.find(
      (one) => one.blob === blob && one.chunks.size === one.count && matchesItsHash(one),
    );
  }
}

function matchesItsHash({ blob, chunks }: ModelBlob): boolean {
  const texts = [...chunks].sort(([a], [b]) => a - b).map(([, { text }]) => text);
  return texts.join("") === CONTENTS[blob]!.join("");
}

function bytesOf(blobs: readonly ModelBlob[]): number {
  return blobs.reduce((sum, { bytes }) => sum + bytes, 0);
}
