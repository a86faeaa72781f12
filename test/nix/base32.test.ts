import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Base32FormatError, base32Decode, base32Encode } from "../../nix/index.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { acceptedBy, refuses } from "./support/refuses.ts";

describe("nix: base32", () => {
  it("reads what it writes, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        assert.deepEqual(base32Decode(base32Encode(bytes)), bytes);
      }),
    );
  });

  it("takes a text only if it would write the same", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789abcdfghijklmnpqrsvwxyz"), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const bytes = acceptedBy(() => base32Decode(text));
        if (bytes !== undefined) {
          assert.equal(base32Encode(bytes), text);
        }
      }),
      { numRuns: fuzzRuns(500) },
    );
  });

  it("refuses foreign digits, impossible lengths and stray bits, saying where", () => {
    for (const digit of "eotuEOTU A=-é") {
      refuses(() => base32Decode(`0${digit}00`), Base32FormatError, /position 1/);
    }
    for (const length of [1, 3, 6]) {
      refuses(() => base32Decode("0".repeat(length)), Base32FormatError, /number/);
    }
    refuses(() => base32Decode("z0"), Base32FormatError, /bits beyond/);
    refuses(() => base32Decode("0".repeat(1_000_000)), Base32FormatError, /longer/);
  });
});
