import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import { bytesToHex, decodeFunctionData, type Hex, hexToBytes, size } from "viem";
import {
  decodeRequest,
  encodeBuild,
  encodeRebuild,
  encodeUpload,
  inputsHash,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_PAYLOAD_BYTES,
  MalformedRequestError,
  requestsAbi,
  splitUploads,
} from "../../protocol/index.ts";

const digest: Hex = `0x${"ab".repeat(32)}`;
const drvPath = `/nix/store/${"0".repeat(32)}-greet.drv`;

describe("requests", () => {
  it("splits a blob into uploads that each fit an input and together restore it", () => {
    const blob = new Uint8Array(randomBytes(2 * MAX_CHUNK_BYTES + 7));
    const { sha256, uploads } = splitUploads(blob);
    assert.equal(uploads.length, 3);
    assert.equal(sha256, `0x${createHash("sha256").update(blob).digest("hex")}`);
    const decoded = uploads.map((upload) => {
      const payload = encodeUpload(upload);
      assert.ok(size(payload) <= MAX_PAYLOAD_BYTES);
      return decodeRequest(payload);
    });
    const chunks = decoded.map((request) => (request.kind === "upload" ? request.chunk : new Uint8Array()));
    assert.deepEqual(new Uint8Array(Buffer.concat(chunks)), blob);
  });

  it("does not split a blob that is too long for any sender", () => {
    const longest = MAX_CHUNKS * MAX_CHUNK_BYTES;
    assert.equal(splitUploads(new Uint8Array(longest)).uploads.length, MAX_CHUNKS);
    assert.throws(() => splitUploads(new Uint8Array(longest + 1)), /is longer than 67104768$/);
  });

  it("fills an input to the last word", () => {
    const [upload] = splitUploads(new Uint8Array(MAX_CHUNK_BYTES)).uploads;
    const payload = encodeUpload(upload!);
    assert.ok(MAX_PAYLOAD_BYTES - size(payload) < 32);
  });

  it("decodes a build request", () => {
    const request = decodeRequest(encodeBuild({ bundle: digest, drvPath }));
    assert.deepEqual(request, { kind: "build", bundle: digest, drvPath });
  });

  it("decodes a rebuild request", () => {
    assert.deepEqual(decodeRequest(encodeRebuild({ drvPath })), { kind: "rebuild", drvPath });
  });

  it("reports what is wrong with a request", () => {
    const chunk = new Uint8Array([1]);
    const cases: [Hex, RegExp][] = [
      ["0x", /unknown request/],
      ["0xdeadbeef", /unknown request/],
      [encodeBuild({ bundle: digest, drvPath }).slice(0, -64) as Hex, /canonical/],
      [`${encodeBuild({ bundle: digest, drvPath })}00`, /canonical/],
      [encodeUpload({ sha256: digest, index: 0, count: 0, chunk }), /count 0/],
      [encodeUpload({ sha256: digest, index: 0, count: 5_000, chunk }), /count 5000/],
      [encodeUpload({ sha256: digest, index: 2, count: 2, chunk }), /index 2/],
      [encodeUpload({ sha256: digest, index: 0, count: 1, chunk: new Uint8Array() }), /empty/],
      [encodeBuild({ bundle: digest, drvPath: "x".repeat(300) }), /build: drvPath .* longer than/],
      [encodeRebuild({ drvPath: "x".repeat(300) }), /rebuild: drvPath .* longer than/],
      [encodeRebuild({ drvPath }).slice(0, 10) as Hex, /rebuild: not the canonical/],
      [`${encodeRebuild({ drvPath }).slice(0, -2)}01` as Hex, /rebuild: not the canonical/],
      [encodeRebuild({ drvPath: "greet" }).replace("6772", "ff72") as Hex, /rebuild: drvPath is not UTF-8/],
      [
        encodeUpload({ sha256: digest, index: 0, count: 1, chunk: new Uint8Array(MAX_PAYLOAD_BYTES) }),
        /longer than/,
      ],
    ];
    for (const [payload, reason] of cases) {
      assert.throws(
        () => decodeRequest(payload),
        (error) => error instanceof MalformedRequestError && reason.test(error.message),
      );
    }
  });

  it("decodes what viem encodes, as viem decodes it", () => {
    const request = fc.record({
      sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes)),
      index: fc.nat(99),
      chunk: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    });
    fc.assert(
      fc.property(request, ({ sha256, index, chunk }) => {
        const payload = encodeUpload({ sha256, index, count: 100, chunk });
        const decoded = decodeRequest(hexToBytes(payload));
        assert.deepEqual(decoded, { kind: "upload", sha256, index, count: 100, chunk });
        const { args } = decodeFunctionData({ abi: requestsAbi, data: payload });
        assert.deepEqual(args, [sha256, index, 100, bytesToHex(chunk)]);
      }),
    );
  });

  it("refuses numbers that do not fit their type", () => {
    const payload = encodeUpload({ sha256: digest, index: 0, count: 1, chunk: new Uint8Array([1]) });
    for (const word of [1, 2, 3, 4]) {
      const bytes = hexToBytes(payload);
      bytes[4 + word * 32] = 1;
      assert.throws(() => decodeRequest(bytes), MalformedRequestError);
    }
  });

  it("refuses any other bytes with its own error, and accepts nothing in two encodings", () => {
    const valid = fc.constantFrom(encodeBuild({ bundle: digest, drvPath }), encodeRebuild({ drvPath }));
    fc.assert(
      fc.property(valid, fc.nat(), fc.integer({ min: 1, max: 255 }), (payload, place, flip) => {
        const bytes = hexToBytes(payload);
        const at = place % bytes.length;
        bytes[at] = bytes[at]! ^ flip;
        try {
          const request = decodeRequest(bytesToHex(bytes));
          assert.ok(request.kind !== "upload");
          const again = request.kind === "build" ? encodeBuild(request) : encodeRebuild(request);
          assert.equal(again, bytesToHex(bytes));
        } catch (error) {
          assert.ok(error instanceof MalformedRequestError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("inputsHash", () => {
  it("does not depend on the order of the inputs", () => {
    const inputs = [
      { path: "/nix/store/b", narHash: digest },
      { path: "/nix/store/a", narHash: digest },
    ];
    assert.equal(inputsHash(inputs), inputsHash(inputs.toReversed()));
  });

  it("is the sha256 over the lines", () => {
    const line = `/nix/store/a sha256:${"ab".repeat(32)}\n`;
    const expected = createHash("sha256").update(line).digest("hex");
    assert.equal(inputsHash([{ path: "/nix/store/a", narHash: digest }]), `0x${expected}`);
  });
});
