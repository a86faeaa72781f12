import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { bytesToHex, concatHex, type Hex, hexToBytes, numberToHex, pad, toFunctionSelector } from "viem";
import {
  canonicalJson,
  decodeQuery,
  decodeRequest,
  encodeBuild,
  encodeQuery,
  encodeRebuild,
  encodeUpload,
  type Json,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_DRV_PATH_LENGTH,
  MAX_MISSING_PATHS,
  MAX_PAYLOAD_BYTES,
  parseCanonicalJson,
  requestsAbi,
  splitUploads,
} from "../../protocol/index.ts";

const sha256: Hex = `0x${"ab".repeat(32)}`;
const digest = "0".repeat(32);
const chunk = new Uint8Array([1]);
const upload = (fields: object) =>
  decodeRequest(encodeUpload({ sha256, index: 0, count: 1, chunk, ...fields }));
const query = (text: string) => decodeQuery(Buffer.from(text));

/** The call's words after a selector. */
function call(name: (typeof requestsAbi)[number]["name"], ...words: (bigint | Hex)[]): Hex {
  const item = requestsAbi.find((one) => one.name === name)!;
  const encoded = words.map((word) => (typeof word === "bigint" ? numberToHex(word, { size: 32 }) : word));
  return concatHex([toFunctionSelector(item), ...encoded]);
}

describe("the bounds of the protocol", () => {
  it("are what the documentation says", () => {
    assert.deepEqual(
      [MAX_PAYLOAD_BYTES, MAX_CHUNK_BYTES, MAX_CHUNKS, MAX_DRV_PATH_LENGTH, MAX_MISSING_PATHS],
      [65_216, 65_024, 1_032, 255, 10_000],
    );
  });

  it("let a payload be as long as an input can be, and not a byte longer", () => {
    const longest = pad(encodeRebuild({ drvPath: "" }), { size: MAX_PAYLOAD_BYTES, dir: "right" });
    assert.throws(() => decodeRequest(longest), /not the canonical/);
    assert.throws(() => decodeRequest(`${longest}00`), /payload of 65217 bytes is longer than 65216/);
  });

  it("let the longest chunk fill the longest payload", () => {
    const full = new Uint8Array(MAX_CHUNK_BYTES);
    assert.equal(upload({ chunk: full }).kind, "upload");
    assert.throws(() => upload({ chunk: new Uint8Array(MAX_CHUNK_BYTES + 33) }), /is longer than/);
    assert.throws(() => upload({ chunk: new Uint8Array() }), /empty/);
  });

  it("let a blob have 1 to MAX_CHUNKS chunks, counted from 0", () => {
    assert.throws(() => upload({ count: 0 }), /count 0 is not within 1 to 1032/);
    assert.equal(upload({ count: 1 }).kind, "upload");
    assert.equal(upload({ index: MAX_CHUNKS - 1, count: MAX_CHUNKS }).kind, "upload");
    assert.throws(() => upload({ index: 0, count: MAX_CHUNKS + 1 }), /count 1033/);
    assert.throws(() => upload({ index: 7, count: 7 }), /index 7 is not below count 7/);
    assert.equal(splitUploads(new Uint8Array()).uploads.length, 1);
    assert.equal(splitUploads(new Uint8Array(MAX_CHUNK_BYTES)).uploads.length, 1);
    assert.equal(splitUploads(new Uint8Array(MAX_CHUNK_BYTES + 1)).uploads.length, 2);
  });

  it("let a derivation's path be as long as Nix makes one", () => {
    const longest = `/nix/store/${digest}-${"x".repeat(207)}.drv`;
    assert.equal(longest.length, MAX_DRV_PATH_LENGTH);
    for (const encode of [
      (drvPath: string) => encodeBuild({ bundle: sha256, drvPath }),
      (drvPath: string) => encodeRebuild({ drvPath }),
    ]) {
      assert.deepEqual(decodeRequest(encode(longest)), { ...decodeRequest(encode("")), drvPath: longest });
      assert.throws(() => decodeRequest(encode(`${longest}x`)), /drvPath of 256 bytes is longer than 255/);
    }
  });

  it("let each number have the 32 bits of its type, and no more", () => {
    const tail = [pad("0x01", { dir: "right", size: 32 })];
    const words = (index: bigint, count: bigint) => call("upload", sha256, index, count, 128n, 1n, ...tail);
    assert.throws(() => decodeRequest(words(0n, 2n ** 32n - 1n)), /count 4294967295 is not within/);
    assert.throws(() => decodeRequest(words(0n, 2n ** 32n)), /count is too large/);
    assert.throws(() => decodeRequest(words(2n ** 32n - 1n, 1n)), /index 4294967295 is not below/);
    assert.throws(() => decodeRequest(words(2n ** 32n, 1n)), /index is too large/);
    assert.throws(() => decodeRequest(words(2n ** 255n, 1n)), /index is too large/);
  });

  it("let a call have exactly its head, its value and the value's padding", () => {
    const drvPath = "x".repeat(32);
    const text = bytesToHex(Buffer.from(drvPath));
    const word: Hex = `0x${"00".repeat(32)}`;
    assert.deepEqual(decodeRequest(call("rebuild", 32n, 32n, text)), { kind: "rebuild", drvPath });
    assert.deepEqual(decodeRequest(call("rebuild", 32n, 0n)), { kind: "rebuild", drvPath: "" });
    assert.deepEqual(decodeRequest(call("rebuild", 32n, 1n, pad("0x78", { dir: "right", size: 32 }))), {
      kind: "rebuild",
      drvPath: "x",
    });
    const wrong: Hex[] = [
      call("rebuild"),
      call("rebuild", 32n),
      call("rebuild", 0n, 0n),
      call("rebuild", 64n, 32n, text),
      call("rebuild", 32n, 32n, text, word),
      call("rebuild", 32n, 31n, text),
      call("rebuild", 32n, 33n, text),
      call("rebuild", 32n, 32n),
      call("build", sha256, 32n, 0n),
      call("build", sha256, 64n),
      call("upload", sha256, 0n, 1n, 128n),
      call("upload", sha256, 0n, 1n, 96n, 1n, pad("0x01", { dir: "right", size: 32 })),
    ];
    for (const payload of wrong) {
      assert.throws(() => decodeRequest(payload), /not the canonical ABI encoding/, payload);
    }
    for (let at = 1; at < 32; at += 1) {
      const padded = hexToBytes(pad("0x78", { dir: "right", size: 32 }));
      padded[at] = 1;
      assert.throws(() => decodeRequest(call("rebuild", 32n, 1n, bytesToHex(padded))), /not the canonical/);
    }
  });

  it("let a query name 10,000 paths, and no more", () => {
    const path = `/nix/store/${digest}-x`;
    const most = new Array<string>(MAX_MISSING_PATHS).fill(path);
    assert.deepEqual(decodeQuery(encodeQuery({ kind: "missing", paths: most })), {
      kind: "missing",
      paths: most,
    });
    const more = encodeQuery({ kind: "missing", paths: [...most, path] });
    assert.throws(() => decodeQuery(more), /more than 10000 paths/);
    assert.throws(
      () => query(`${Buffer.from(encodeQuery({ kind: "missing", paths: most }))}\n`),
      /more than/,
    );
  });

  it("let a base name have 32 characters, a dash, and 1 to 211 more", () => {
    assert.equal(query(`nar/${digest}-x`).kind, "nar");
    assert.equal(query(`nar/${digest}-${"x".repeat(211)}`).kind, "nar");
    for (const name of [
      `${digest}-`,
      `${digest}-${"x".repeat(212)}`,
      `${digest}0-x`,
      `${digest.slice(1)}-x`,
      `${digest.slice(1)}(-x`,
      digest,
    ]) {
      assert.throws(() => query(`nar/${name}`), /not a store path/, name);
    }
  });

  it("let a query hold the printable characters of ASCII", () => {
    assert.throws(() => query("~"), /unknown query/);
    assert.throws(() => decodeQuery(new Uint8Array([127])), /not ASCII/);
    assert.throws(() => decodeQuery(new Uint8Array([128])), /not ASCII/);
  });

  it("quote the first 80 characters of a wrong query", () => {
    assert.throws(() => query("x".repeat(80)), new RegExp(`"${"x".repeat(80)}":`));
    assert.throws(() => query("x".repeat(81)), new RegExp(`"${"x".repeat(80)}…":`));
  });

  it("let JSON have 16 levels, and brackets in strings", () => {
    const nested = (levels: number): Json =>
      levels === 0 ? 1 : levels % 2 ? [nested(levels - 1)] : { a: nested(levels - 1) };
    const parse = (text: string) => parseCanonicalJson(Buffer.from(text));
    assert.deepEqual(parse(canonicalJson(nested(16))), nested(16));
    assert.throws(() => parse(canonicalJson(nested(17))), /more than 16 objects/);
    const wide = Array.from({ length: 40 }, () => [[]]);
    assert.deepEqual(parse(canonicalJson(wide)), wide);
    const text = `${"[".repeat(40)}"${"{".repeat(40)}\\`;
    assert.deepEqual(parse(canonicalJson([text, []])), [text, []]);
    const afterEscapes = canonicalJson(['\\"', nested(16)]);
    assert.throws(() => parse(afterEscapes), /more than 16 objects/);
    const backToDepth = canonicalJson([nested(15), nested(15), nested(16)]);
    assert.throws(() => parse(backToDepth), /more than 16 objects/);
  });
});
