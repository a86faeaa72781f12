import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type ReferenceDifference, ReferenceScan } from "../../substituter/index.ts";

const hash = (digit: string) => digit.repeat(31).concat("z");
const path = (digit: string) => `/nix/store/${hash(digit)}-x`;

function scan(text: string, references: string[], pieceBytes: number): ReferenceDifference | undefined {
  const bytes = Buffer.from(text, "latin1");
  const whole = new ReferenceScan({ references });
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    whole.push(bytes.subarray(at, at + pieceBytes));
  }
  return whole.end();
}

describe("a scan for references", () => {
  for (const [what, text, references, expected] of [
    ["finds what is stated", `#!${path("1")}/bin/sh`, [path("1")], undefined],
    ["finds a hash part alone, as Nix does", `-I${hash("1")}`, [path("1")], undefined],
    ["finds one within a longer run", `0123${hash("1")}4567`, [path("1")], undefined],
    ["finds several side by side", `${hash("1")}${hash("2")}`, [path("1"), path("2")], undefined],
    ["misses what is stated and not there", "nothing", [path("1")], { absent: path("1") }],
    ["misses one whose last character differs", `${"1".repeat(32)}`, [path("1")], { absent: path("1") }],
    ["finds a path that is not stated", `${path("1")}:${path("2")}`, [path("1")], { unstated: hash("2") }],
    ["finds a neighbour of symlinks", `../${hash("2")}-x/lib`, [], { unstated: hash("2") }],
    ["takes no other text for a path", `/assets/${hash("2")}-x /nix/store/${hash("2")}`, [], undefined],
    ["takes no letters that hashes lack for a path", `/nix/store/${"e".repeat(32)}-x`, [], undefined],
    ["has nothing to say of nothing", "", [], undefined],
  ] as const) {
    it(`${what}, wherever pieces end`, () => {
      const padded = `${"\0".repeat(37)}${text}${"\xff".repeat(5)}`;
      for (const pieceBytes of [1, 2, 3, 7, 31, 32, 33, 43, 44, 64, 1_000]) {
        assert.deepEqual(scan(padded, [...references], pieceBytes), expected, `pieces of ${pieceBytes}`);
      }
      assert.deepEqual(scan(text, [...references], 1_000), expected, "without anything around it");
    });
  }
});
