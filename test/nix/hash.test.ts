import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  formatHash,
  formatSha256Sri,
  type HashAlgorithm,
  HashFormatError,
  parseHash,
} from "../../nix/index.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { goldenJson } from "./support/golden.ts";
import { acceptedBy, refuses } from "./support/refuses.ts";

interface GoldenHash {
  algorithm: HashAlgorithm;
  base16: string;
  nix32: string;
  sri: string;
}

describe("nix: hashes", () => {
  it("formats them as nix-hash does, and parses each of its encodings", () => {
    for (const { algorithm, base16, nix32, sri } of goldenJson<GoldenHash[]>("hashes.json")) {
      const hash = parseHash(`${algorithm}:${base16}`);
      assert.equal(formatHash(hash, "base16"), `${algorithm}:${base16}`);
      assert.equal(formatHash(hash, "base32"), `${algorithm}:${nix32}`);
      assert.equal(formatHash(hash, "sri"), sri);
      assert.deepEqual(parseHash(`${algorithm}:${nix32}`), hash);
      assert.deepEqual(parseHash(sri), hash);
      if (algorithm === "sha256") {
        assert.equal(formatSha256Sri(hash.digest), sri);
      }
    }
  });

  it("accepts only text in one of the canonical encodings", () => {
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const encoded = fc.tuple(digest, fc.constantFrom("base16" as const, "base32" as const, "sri" as const));
    fc.assert(
      fc.property(
        encoded,
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        ([bytes, encoding], at, other) => {
          const text = formatHash({ algorithm: "sha256", digest: bytes }, encoding);
          const position = at % text.length;
          const changed = text.slice(0, position) + other + text.slice(position + 1);
          const hash = acceptedBy(() => parseHash(changed));
          if (hash !== undefined) {
            assert.equal(formatHash(hash, encoding), changed);
          }
        },
      ),
      { numRuns: fuzzRuns(500) },
    );
  });

  it("refuses other algorithms, lengths, cases and stray base 64 bits", () => {
    const zeros = "0".repeat(64);
    const refused = (text: string, reason: RegExp) => refuses(() => parseHash(text), HashFormatError, reason);
    refused(zeros, /form/);
    refused(`blake3:${zeros}`, /algorithm/);
    refused(`sha256:${zeros}0`, /length/);
    refused(`sha256:${"A".repeat(64)}`, /lower-case/);
    refused(`sha256:${"e".repeat(52)}`, /digit/);
    refused(`sha256-${"A".repeat(42)}B=`, /canonical/);
    refused(`sha256-${"A".repeat(43)}`, /canonical/);
    refused(`sha256-${"A".repeat(44)}`, /base 64/);
    refused(`sha1-${"A".repeat(43)}=`, /base 64/);
    refused(`sha256:${"0".repeat(100_000)}`, /form/);
    refuses(() => formatSha256Sri(new Uint8Array(31)), HashFormatError, /32 bytes, but 31/);
  });
});
