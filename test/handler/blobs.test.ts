import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { BlobStore } from "../../machine/handler/blobs/blobStore.ts";
import { BLOB_EXPIRY_BLOCKS, MAX_BLOBS, MAX_BLOBS_OF_SENDER } from "../../machine/handler/limits.ts";
import { Rejection } from "../../machine/handler/rejection.ts";
import type { UploadRequest } from "../../requests/index.ts";
import { sha256 } from "./support/packages.ts";

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

  it("come together from chunks in any order, some of them twice", () => {
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
        for (const index of order) blobs.add(uploads[index]!, ALICE);
        const { sha256 } = uploads[0]!;
        assert.ok(blobs.has(sha256));
        assert.deepEqual(Buffer.from(blobs.read(sha256)), Buffer.concat(parts));
        blobs.delete(sha256);
      }),
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("are each sender's own until they are complete", () => {
    const [first, second] = uploadsOf([bytes("first"), bytes("second")]);
    blobs.add({ ...first!, chunk: bytes("spoilt") }, BOB);
    blobs.add(first!, ALICE);
    assert.equal(blobs.missingChunks(first!.sha256, ALICE.msgSender), 1);
    blobs.add(second!, ALICE);
    assert.equal(Buffer.from(blobs.read(first!.sha256)).toString(), "firstsecond");
    assert.doesNotThrow(() => blobs.add({ ...second!, chunk: bytes("whatever") }, BOB));
    assert.equal(Buffer.from(blobs.read(first!.sha256)).toString(), "firstsecond");
  });

  it("are refused when they are not what they were announced to be, and can be mended", () => {
    const [first, second] = uploadsOf([bytes("first"), bytes("second")]);
    blobs.add({ ...first!, chunk: bytes("wrong") }, ALICE);
    refuse(second!, /together have the sha256 0x.*, not 0x.*: send the wrong one again$/);
    blobs.add(first!, ALICE);
    assert.ok(blobs.has(first!.sha256));
  });

  it("are refused with another number of chunks than at first", () => {
    const [first] = uploadsOf([bytes("first"), bytes("second")]);
    blobs.add(first!, ALICE);
    refuse({ ...first!, count: 3 }, /has 2 chunks, as its first one said, not 3$/);
  });

  it("are bounded, for one sender and for all", () => {
    const start = (index: number, sender: number) =>
      blobs.add(
        {
          kind: "upload",
          sha256: `0x${String(index).padStart(64, "0")}`,
          index: 0,
          count: 2,
          chunk: bytes("x"),
        },
        { msgSender: `0x${String(sender).padStart(40, "0")}`, blockNumber: 1n },
      );
    for (let index = 0; index < MAX_BLOBS_OF_SENDER; index += 1) start(index, 0);
    assert.throws(() => start(99, 0), /has 8 blobs on their way already/);
    for (let index = MAX_BLOBS_OF_SENDER; index < MAX_BLOBS; index += 1) start(index, index);
    assert.throws(() => start(99, 99), /64 blobs are on their way already/);
  });

  it("do not fill the disk", () => {
    const small = new BlobStore(folder, 30);
    const upload = {
      kind: "upload",
      sha256: `0x${"12".repeat(32)}`,
      count: 4,
      chunk: bytes("ten bytes."),
    } as const;
    for (const index of [0, 1, 2]) small.add({ ...upload, index }, index === 2 ? BOB : ALICE);
    assert.throws(() => small.add({ ...upload, index: 3 }, ALICE), /the space for blobs, 30 bytes, is full$/);
    assert.doesNotThrow(() => small.add({ ...upload, index: 0 }, ALICE));
  });

  it("are dropped when nothing was added to them for long", () => {
    const [first, second] = uploadsOf([bytes("first"), bytes("second")]);
    const [other] = uploadsOf([bytes("other"), bytes("one")]);
    blobs.add(first!, ALICE);
    blobs.add(second!, { ...BOB, blockNumber: 1n + BLOB_EXPIRY_BLOCKS });
    assert.equal(blobs.size, 2);
    blobs.add(other!, { ...BOB, blockNumber: 2n + BLOB_EXPIRY_BLOCKS });
    assert.equal(blobs.missingChunks(first!.sha256, ALICE.msgSender), undefined);
    assert.equal(blobs.missingChunks(first!.sha256, BOB.msgSender), 1);
    assert.equal(readdirSync(folder).length, 2);
  });

  function refuse(upload: UploadRequest, reason: RegExp): void {
    assert.throws(
      () => blobs.add(upload, ALICE),
      (error) => error instanceof Rejection && reason.test(error.message),
    );
  }
});

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
