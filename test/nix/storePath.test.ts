import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { storePath } from "../../fuzz/generators/nixArbitraries.ts";
import {
  compareStorePaths,
  type HashAlgorithm,
  isStorePath,
  parseHash,
  parseStorePath,
  StorePathFormatError,
  storePathForFixedOutput,
  storePathForSource,
  storePathForText,
} from "../../nix/index.ts";
import { goldenJson } from "./support/golden.ts";
import { refuses } from "./support/refuses.ts";

const digest = "0123456789abcdfghijklmnpqrsvwxyz";

describe("nix: store paths", () => {
  it("splits any store path into its digest and name", () => {
    fc.assert(
      fc.property(storePath, (path) => {
        const parts = parseStorePath(path);
        assert.equal(`/nix/store/${parts.digest}-${parts.name}`, path);
        assert.ok(isStorePath(path));
      }),
    );
  });

  it("refuses what Nix refuses, by the same rules", () => {
    const refused = (path: string, reason: RegExp) => {
      refuses(() => parseStorePath(path), StorePathFormatError, reason);
      assert.equal(isStorePath(path), false);
    };
    refused("", /not in/);
    refused(`/nix/store2/${digest}-a`, /not in/);
    refused(`/nix/store/../store/${digest}-a`, /digest|"-"/);
    refused(`/nix/store/${digest}`, /short/);
    refused(`/nix/store/${digest}-`, /short/);
    refused(`/nix/store/${digest}xa`, /no "-"/);
    refused(`/nix/store/${digest.replace("z", "e")}-a`, /base 32/);
    refused(`/nix/store/${digest.toUpperCase()}-a`, /base 32/);
    for (const name of ["a/b", "a b", "a\n", "a\0", "é", "a~", "a:b", "a*"]) {
      refused(`/nix/store/${digest}-${name}`, /characters other/);
    }
    for (const name of [".", "..", ".-", "..-a", ".-a"]) {
      refused(`/nix/store/${digest}-${name}`, /first dash/);
    }
    refused(`/nix/store/${digest}-${"a".repeat(212)}`, /longer than 211/);
    for (const name of [".a", "...", "..a", "-", "a".repeat(211), "?=+_"]) {
      assert.ok(isStorePath(`/nix/store/${digest}-${name}`), name);
    }
  });

  it("computes the paths of fixed outputs as nix-store --print-fixed-path does", () => {
    interface GoldenHash {
      algorithm: HashAlgorithm;
      base16: string;
      flat: string;
      recursive: string;
    }
    for (const { algorithm, base16, flat, recursive } of goldenJson<GoldenHash[]>("hashes.json")) {
      const hash = parseHash(`${algorithm}:${base16}`);
      assert.equal(storePathForFixedOutput({ name: "name", mode: "flat", ...hash }), flat);
      assert.equal(storePathForFixedOutput({ name: "name", mode: "recursive", ...hash }), recursive);
    }
  });

  it("refuses to compute a path for a bad name, unsorted references or a digest of another length", () => {
    const text = { name: "a", contents: "", references: [] };
    const first = `/nix/store/${digest}-a`;
    const second = `/nix/store/${digest}-b`;
    refuses(() => storePathForText({ ...text, name: "a/b" }), StorePathFormatError, /characters/);
    refuses(
      () => storePathForText({ ...text, references: [second, first] }),
      StorePathFormatError,
      /unsorted/,
    );
    refuses(
      () => storePathForText({ ...text, references: [first, first] }),
      StorePathFormatError,
      /duplicate/,
    );
    refuses(() => storePathForText({ ...text, references: ["/tmp"] }), StorePathFormatError, /not in/);
    assert.throws(
      () => storePathForSource({ name: "a", narSha256: new Uint8Array(20), references: [] }),
      /32 bytes/,
    );
    assert.deepEqual([second, first].sort(compareStorePaths), [first, second]);
  });
});
