import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Address, Hex } from "viem";
import { sha256 } from "../../fuzz/generators/shellPackage.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import { BLOB_LIMITS, type BlobLimits } from "../../machine/handler/limits.ts";
import { BlobStore } from "../../machine/handler/uploads/blobStore.ts";
import { MAX_CHUNK_BYTES, MAX_CHUNKS, type UploadRequest } from "../../protocol/index.ts";
import { cpuSeconds } from "../nix/support/cpuSeconds.ts";
import { apply, BlobModel, blobEvent, outcomeOf, viewOf } from "./support/blobModel.ts";
import { heldMemory } from "./support/heldMemory.ts";

/** What a blob may hold of V8's heap: all that may be pending then take 16 MiB. */
const MAX_BLOB_MEMORY_BYTES = 4_096;

const ALICE = { msgSender: `0x${"aa".repeat(20)}`, blockNumber: 1n } as const;
const BOB = { msgSender: `0x${"bb".repeat(20)}`, blockNumber: 1n } as const;

describe("blobs", () => {
  let folder: string;
  let blobs: BlobStore;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cartenix-blobs-"));
    blobs = new BlobStore(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are assembled from chunks in any order, even duplicate ones", () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 8 });
    const upload = chunks.chain((parts) =>
      fc.record({
        parts: fc.constant(parts),
        order: fc
          .tuple(
            fc.shuffledSubarray(parts.map((_, index) => index)),
            fc.shuffledSubarray(
              parts.map((_, index) => index),
              { minLength: parts.length },
            ),
          )
          .map(([some, all]) => [...some, ...all]),
      }),
    );
    fc.assert(
      fc.property(upload, ({ parts, order }) => {
        const uploads = uploadsOf(parts);
        for (const index of order) {
          blobs.add(uploads[index]!, ALICE);
        }
        const { sha256 } = uploads[0]!;
        assert.ok(blobs.has(sha256));
        assert.deepEqual(Buffer.from(blobs.read(sha256)), Buffer.concat(parts));
        blobs.delete(sha256);
      }),
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("are private to each sender until they are complete", () => {
    const [first, second] = uploadsOf([bytes("first"), bytes("second")]);
    blobs.add({ ...first!, chunk: bytes("spoilt") }, BOB);
    blobs.add(first!, ALICE);
    assert.equal(blobs.missingChunks(first!.sha256, ALICE.msgSender), 1);
    blobs.add(second!, ALICE);
    assert.equal(Buffer.from(blobs.read(first!.sha256)).toString(), "firstsecond");
    assert.doesNotThrow(() => blobs.add({ ...second!, chunk: bytes("whatever") }, BOB));
    assert.equal(Buffer.from(blobs.read(first!.sha256)).toString(), "firstsecond");
  });

  it("are rejected when they do not have the declared sha256, and can be fixed", () => {
    const [first, second] = uploadsOf([bytes("first"), bytes("second")]);
    blobs.add({ ...first!, chunk: bytes("wrong") }, ALICE);
    refuse(second!, /have the sha256 0x.*, not 0x.*: send the wrong chunk again$/);
    blobs.add(first!, ALICE);
    assert.ok(blobs.has(first!.sha256));
  });

  it("are rejected with another number of chunks than first declared", () => {
    const [first] = uploadsOf([bytes("first"), bytes("second")]);
    blobs.add(first!, ALICE);
    refuse({ ...first!, count: 3 }, /was declared with 2 chunks, not 3: send the same count in every chunk$/);
  });

  it("cannot exceed a sender's quota, and the rejection names the limit and its use", () => {
    const { ofSender } = BLOB_LIMITS;
    assert.ok(MAX_CHUNKS * MAX_CHUNK_BYTES <= ofSender.bytes, "nobody could upload the longest blob");
    for (let blob = 0; blob < ofSender.blobs; blob += 1) {
      blobs.add(firstOf(blob), ALICE);
    }
    refuse(
      firstOf(99),
      /^upload: 0x(aa){20} already has 8 pending blobs, and the limit of one sender is 8: /,
    );
    assert.doesNotThrow(() => blobs.add(firstOf(99), BOB));

    const small = new BlobStore(folder, { ...BLOB_LIMITS, ofSender: { blobs: 8, bytes: 30 } });
    const chunk = (index: number, text: string) => ({ ...firstOf(1), count: 4, index, chunk: bytes(text) });
    for (const index of [0, 1, 2]) {
      small.add(chunk(index, "ten bytes."), ALICE);
    }
    assert.throws(
      () => small.add(chunk(3, "x"), ALICE),
      /^Rejection: upload: 0x(aa){20} already has 30 pending bytes, and 1 more would exceed the limit of one sender, 30: /,
    );
    assert.doesNotThrow(() => small.add(chunk(0, "ten BYTES."), ALICE));
    assert.doesNotThrow(() => small.add(chunk(0, "shorter"), ALICE));
    assert.doesNotThrow(() => small.add(chunk(0, "ten bytes."), ALICE));
  });

  it("are not blocked by any number of other senders: the one untouched for longest makes room", () => {
    const places = 200;
    const { ofSender, overall } = BLOB_LIMITS;
    const small = new BlobStore(folder, { ...BLOB_LIMITS, overall: { ...overall, blobs: places } });
    const [first, second] = uploadsOf([bytes("first"), bytes("second")]);
    const crowd = (from: number, count: number) => {
      for (let index = from; index < from + count; index += 1) {
        small.add(firstOf(index), { ...ALICE, msgSender: senderOf(Math.floor(index / ofSender.blobs)) });
      }
    };
    small.add(firstOf(0), BOB);
    small.add(first!, ALICE);
    crowd(1_000, places - 2);
    assert.equal(small.missingChunks(firstOf(0).sha256, BOB.msgSender), 1);
    crowd(2_000, 1);
    assert.equal(small.missingChunks(firstOf(0).sha256, BOB.msgSender), undefined);
    small.add(second!, ALICE);
    crowd(3_000, places - 1);
    assert.ok(small.has(first!.sha256));
    crowd(4_000, 1);
    assert.ok(!small.has(first!.sha256));
    assert.equal(readdirSync(folder).length, places);
  });

  it("also make room by bytes, including complete ones", () => {
    const { overall } = BLOB_LIMITS;
    const small = new BlobStore(folder, { ...BLOB_LIMITS, overall: { ...overall, bytes: 20 } });
    const [whole] = uploadsOf([bytes("ten bytes.")]);
    small.add(whole!, ALICE);
    small.add({ ...firstOf(1), count: 3, chunk: bytes("another 10") }, BOB);
    assert.ok(small.has(whole!.sha256));
    small.add({ ...firstOf(1), count: 3, index: 1 }, BOB);
    assert.ok(!small.has(whole!.sha256));
    assert.equal(small.size, 1);
  });

  it("cost the same whether there are ten others or thousands", () => {
    const storeOf = (others: number) => {
      const store = new BlobStore(join(folder, String(others)));
      for (let index = 0; index < others; index += 1) {
        send(store, index, 0);
      }
      return store;
    };
    const send = (store: BlobStore, blob: number, index: number) =>
      store.add({ ...firstOf(blob), index, count: 1_000 }, { ...ALICE, msgSender: senderOf(blob) });
    const seconds = (store: BlobStore) =>
      cpuSeconds(() => {
        for (let index = 1; index <= 500; index += 1) {
          send(store, index % 10, index);
        }
      });
    seconds(storeOf(11));
    const alone = seconds(storeOf(10));
    const crowded = seconds(storeOf(BLOB_LIMITS.overall.blobs));
    assert.ok(crowded < alone * 3, `${alone} s for 500 chunks, ${crowded} s with thousands of other blobs`);
  });

  it("take little memory, however many chunks they have", () => {
    const count = 50;
    const make = () => {
      const store = new BlobStore(mkdtempSync(join(folder, "held-")));
      for (let blob = 0; blob < count; blob += 1) {
        for (let index = 0; index < MAX_CHUNKS - 1; index += 1) {
          const upload = { ...firstOf(blob), index, count: MAX_CHUNKS };
          store.add(upload, { msgSender: senderOf(blob), blockNumber: 1n });
        }
      }
      return store;
    };
    const held = heldMemory(make, (store) => assert.equal(store.size, count));
    assert.ok(held > 0 && held <= count * MAX_BLOB_MEMORY_BYTES, `${held} bytes are held by ${count} blobs`);
  });

  it("are dropped when no chunk was added for a long time", () => {
    const [first, second] = uploadsOf([bytes("first"), bytes("second")]);
    const [other] = uploadsOf([bytes("other"), bytes("one")]);
    blobs.add(first!, ALICE);
    blobs.add(second!, { ...BOB, blockNumber: 1n + BLOB_LIMITS.expiryBlocks });
    assert.equal(blobs.size, 2);
    blobs.add(other!, { ...BOB, blockNumber: 2n + BLOB_LIMITS.expiryBlocks });
    assert.equal(blobs.missingChunks(first!.sha256, ALICE.msgSender), undefined);
    assert.equal(blobs.missingChunks(first!.sha256, BOB.msgSender), 1);
    assert.equal(readdirSync(folder).length, 2);
  });

  it("behave like a simple model of the rules", () => {
    const limits: BlobLimits = {
      ofSender: { blobs: 2, bytes: 40 },
      overall: { blobs: 4, bytes: 90 },
      expiryBlocks: 6n,
    };
    fc.assert(
      fc.property(fc.array(blobEvent, { maxLength: 60, size: "max" }), (events) => {
        const own = mkdtempSync(join(folder, "model-"));
        const store = new BlobStore(own, limits);
        const model = new BlobModel(limits);
        let blockNumber = 1n;
        for (const event of events) {
          blockNumber += event.blocks;
          assert.equal(
            outcomeOf(() => apply(event, blockNumber, store)),
            model.apply(event, blockNumber),
          );
          assert.deepEqual(viewOf(store), viewOf(model));
        }
        const sizes = readdirSync(own).map((file) => statSync(join(own, file)).size);
        assert.equal(sizes.length, store.size);
        assert.equal(
          sizes.reduce((sum, size) => sum + size, 0),
          model.fileBytes,
        );
      }),
      { numRuns: 120 },
    );
  });

  function refuse(upload: UploadRequest, reason: RegExp): void {
    assert.throws(
      () => blobs.add(upload, ALICE),
      (error) => error instanceof Rejection && reason.test(error.message),
    );
  }
});

/** The first of two chunks of some blob. */
function firstOf(blob: number): UploadRequest {
  const sha256: Hex = `0x${String(blob).padStart(64, "0")}`;
  return { kind: "upload", sha256, index: 0, count: 2, chunk: bytes("x") };
}

function senderOf(index: number): Address {
  return `0x${String(index).padStart(40, "0")}`;
}

function uploadsOf(chunks: readonly Uint8Array[]): UploadRequest[] {
  const digest = sha256(Buffer.concat(chunks)).toString("hex");
  return chunks.map((chunk, index) => ({
    kind: "upload",
    sha256: `0x${digest}`,
    index,
    count: chunks.length,
    chunk,
  }));
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
