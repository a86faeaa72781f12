import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import { candidatesOf, ReferenceScanner } from "../../../client/store/closure/referenceScanner.ts";
import { storePath } from "../../../fuzz/generators/nixArbitraries.ts";
import { fuzzRuns } from "../../nix/support/fuzzRuns.ts";
import { growsLinearly } from "../../nix/support/growsLinearly.ts";

const candidate = (digest: string) => `/nix/store/${digest}-x`;

function scan(paths: readonly string[], chunks: Iterable<Uint8Array>): Set<string> {
  const scanner = new ReferenceScanner(candidatesOf(paths));
  for (const chunk of chunks) {
    const shared = Uint8Array.from(chunk);
    scanner.push(shared);
    shared.fill(0x30); // the memory belongs to the next chunk
  }
  return scanner.found;
}

describe("scanning for references", () => {
  it("finds every hash part that a search for each would find, however the bytes are cut", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0abz"), minLength: 32, maxLength: 32 });
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.nat({ max: 5 }).map((index) => ({ index })) },
      fc.string({ unit: fc.constantFrom(..."0abzeE-/\n"), maxLength: 40 }),
      digits.map((text) => text.slice(1)),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(digits.map(candidate), storePath), {
          minLength: 6,
          maxLength: 6,
          selector: (path) => path.slice(11, 43),
        }),
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 5 }),
        (paths, pieces, lengths) => {
          const text = pieces
            .map((one) => (typeof one === "string" ? one : paths[one.index]!.slice(11, 43)))
            .join("");
          const bytes = Buffer.from(text);
          const chunks: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const length = lengths[turn % lengths.length]! + (turn % 2);
            chunks.push(bytes.subarray(at, at + length));
            at += length;
          }
          const expected = paths.filter((path) => text.includes(path.slice(11, 43)));
          assert.deepEqual([...scan(paths, chunks)].sort(), expected.sort());
        },
      ),
      { numRuns: fuzzRuns(1_000) },
    );
  });

  it("takes time proportional to the length, even where all bytes are digits that start like a hash part", () => {
    const digest = "0123456789abcdfghijklmnpqrsvwxyz";
    const paths = [candidate(`${"0".repeat(31)}1`), candidate(digest)];
    growsLinearly(
      200_000,
      (size) => Buffer.alloc(size, "0"),
      (bytes) => scan(paths, [bytes]),
    );
    growsLinearly(
      200_000,
      (size) => randomBytes(size),
      (bytes) => scan(paths, [bytes]),
    );
  });
});
