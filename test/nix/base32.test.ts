import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Base32FormatError, formatBase32, parseBase32 } from "../../nix/index.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { acceptedBy, refuses } from "./support/refuses.ts";

describe("nix: base32", () => {
  it("parses what it formats, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        assert.deepEqual(parseBase32(formatBase32(bytes)), bytes);
      }),
    );
  });

  it("accepts only text that it would format the same way", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789abcdfghijklmnpqrsvwxyz"), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const bytes = acceptedBy(() => parseBase32(text));
        if (bytes !== undefined) {
          assert.equal(formatBase32(bytes), text);
        }
      }),
      { numRuns: fuzzRuns(500) },
    );
  });

  it("refuses foreign digits, impossible lengths and stray bits, naming the position", () => {
    for (const digit of "eotuEOTU A=-é") {
      refuses(() => parseBase32(`0${digit}00`), Base32FormatError, /position 1/);
    }
    for (const length of [1, 3, 6]) {
      refuses(() => parseBase32("0".repeat(length)), Base32FormatError, /number/);
    }
    refuses(() => parseBase32("z0"), Base32FormatError, /bits after/);
    refuses(() => parseBase32("0".repeat(1_000_000)), Base32FormatError, /longer/);
  });
});
