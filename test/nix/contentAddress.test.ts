import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { narNode, references, storePathName } from "../../fuzz/generators/nixArbitraries.ts";
import {
  ContentMismatchError,
  checkContentAddressed,
  checkFixedOutput,
  contentAddressOf,
  decodeExport,
  type ExportedPath,
  encodeNar,
  type FixedOutput,
  formatHash,
  hashBytes,
  NixFormatError,
  narHash,
  parseHash,
  storePathForFixedOutput,
  storePathForSource,
  storePathForText,
} from "../../nix/index.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { golden, goldenClosure, goldenInfo } from "./support/golden.ts";
import { mutatedBytes } from "./support/mutatedBytes.ts";
import { bytes, directory, file, link, program } from "./support/nodes.ts";
import { acceptedBy, refuses } from "./support/refuses.ts";

const other = "/nix/store/00000000000000000000000000000000-other";

/** A content address in Nix's notation. */
function formatContentAddress(exported: ExportedPath): string | null {
  const address = contentAddressOf(exported);
  if (address === undefined) {
    return null;
  }
  if (address.kind === "text") {
    return `text:${formatHash(hashBytes("sha256", address.contents), "base32")}`;
  }
  if (address.kind === "source") {
    return `fixed:r:${formatHash(hashBytes("sha256", exported.nar), "base32")}`;
  }
  return `fixed:${address.output.mode === "recursive" ? "r:" : ""}${formatHash(address.output, "base32")}`;
}

function declaredBy(ca: string): FixedOutput | undefined {
  const [, recursive, hash] = /^fixed:(r:)?(.*)$/.exec(ca) ?? [];
  return hash === undefined ? undefined : { mode: recursive ? "recursive" : "flat", ...parseHash(hash) };
}

describe("nix: content addresses", () => {
  it("finds the content address that the real Nix has for every path of the golden closure", () => {
    for (const exported of goldenClosure) {
      const known = goldenInfo[exported.path]?.ca ?? null;
      const collides = known !== null && /md5|sha1/.test(known);
      assert.equal(formatContentAddress(exported), collides ? null : known, exported.path);
    }
  });

  it("accepts a golden fixed output for what is declared, and for nothing else", () => {
    let fixed = 0;
    for (const exported of goldenClosure) {
      const declared = declaredBy(goldenInfo[exported.path]?.ca ?? "");
      if (declared === undefined) {
        continue;
      }
      fixed += 1;
      checkFixedOutput(exported, declared);
      const refused = (change: Partial<ExportedPath>, declaration: FixedOutput, reason: RegExp) =>
        refuses(
          () => checkFixedOutput({ ...exported, ...change }, declaration),
          ContentMismatchError,
          reason,
        );
      const mode = declared.mode === "flat" ? "recursive" : "flat";
      refused({}, { ...declared, mode }, /has the path/);
      refused(
        {},
        { ...declared, digest: declared.digest.with(0, 1 ^ (declared.digest[0] as number)) },
        /the path/,
      );
      refused({ references: [other] }, declared, /references/);
      refused({ nar: encodeNar(file("another")) }, declared, /has the hash/);
      if (declared.mode === "recursive") {
        continue;
      }
      for (const node of [program("abc"), link("abc"), directory()]) {
        refused({ nar: encodeNar(node) }, declared, /not a single/);
      }
    }
    assert.ok(fixed >= 12);
  });

  it("accepts any text or source under the path that is computed for it, and under that path only", () => {
    fc.assert(
      fc.property(storePathName, narNode, references, (name, node, refs) => {
        const nar = encodeNar(node);
        const source = storePathForSource({ name, narSha256: narHash(nar).sha256, references: refs });
        assert.equal(contentAddressOf({ path: source, nar, references: refs })?.kind, "source");
        const fewer = refs.slice(1);
        if (refs.length > 0) {
          assert.equal(contentAddressOf({ path: source, nar, references: fewer }), undefined);
        }
        if (node.kind !== "regular") {
          return;
        }
        const text = storePathForText({ name, contents: node.contents, references: refs });
        const kind = node.executable ? undefined : "text";
        assert.equal(contentAddressOf({ path: text, nar, references: refs })?.kind, kind);
      }),
    );
  });

  it("accepts no changed content under a golden path", () => {
    const changed = fc
      .constantFrom(...goldenClosure)
      .chain((exported) => mutatedBytes(exported.nar).map((nar) => ({ ...exported, nar })))
      .filter(({ path, nar }) => !isGolden(path, nar));
    fc.assert(
      fc.property(changed, (exported) => {
        assert.equal(
          acceptedBy(() => contentAddressOf(exported)),
          undefined,
        );
      }),
      { numRuns: fuzzRuns(1000) },
    );
  });

  it("refuses an input-addressed path, listing the kinds that were tried", () => {
    const built = goldenClosure.find(({ path }) => path.endsWith("-top"));
    assert.ok(built);
    refuses(
      () => checkContentAddressed(built),
      ContentMismatchError,
      /-top" does not follow from its content/,
    );
    const malformed = { ...built, nar: built.nar.subarray(8) };
    refuses(() => checkContentAddressed(malformed), NixFormatError, /nix-archive-1/);
  });

  it("refuses a fixed output with references", () => {
    const output = { mode: "flat", ...hashBytes("sha256", bytes("abc")) } as const;
    const path = storePathForFixedOutput({ name: "abc", ...output });
    const nar = encodeNar(file("abc"));
    assert.deepEqual(checkContentAddressed({ path, nar, references: [] }), { kind: "fixed", output });
    assert.equal(contentAddressOf({ path, nar, references: [other] }), undefined);
  });

  it("refuses a source that refers to itself, as nix store make-content-addressed makes them", () => {
    const [self] = decodeExport(golden("selfReference.export"));
    assert.deepEqual(self?.references, [self?.path]);
    assert.ok(self);
    refuses(() => checkContentAddressed(self), ContentMismatchError, /since it refers to itself/);
  });
});

function isGolden(path: string, nar: Uint8Array): boolean {
  const original = goldenClosure.find((exported) => exported.path === path);
  return original !== undefined && Buffer.compare(original.nar, nar) === 0;
}
