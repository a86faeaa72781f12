import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { narNode, references, storePath } from "../../fuzz/generators/nixArbitraries.ts";
import {
  compareStorePaths,
  DEFAULT_EXPORT_LIMITS,
  DEFAULT_NAR_LIMITS,
  decodeExport,
  type ExportedPath,
  ExportFormatError,
  encodeExport,
  encodeNar,
  NarLimitError,
  NixFormatError,
} from "../../nix/index.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { golden, goldenClosure, goldenInfo } from "./support/golden.ts";
import { mutatedBytes } from "./support/mutatedBytes.ts";
import { file } from "./support/nodes.ts";
import { acceptedBy, refuses } from "./support/refuses.ts";

const exported: fc.Arbitrary<ExportedPath> = fc
  .tuple(storePath, narNode.map(encodeNar), references, fc.option(storePath, { nil: undefined }))
  .map(([path, nar, references, deriver]) => ({ path, nar, references, deriver }));
const paths = fc.uniqueArray(exported, { maxLength: 3, selector: ({ path }) => path });

const a = "/nix/store/00000000000000000000000000000000-a";
const b = "/nix/store/00000000000000000000000000000000-b";
const nar = encodeNar(file("x"));
const plain: ExportedPath = { path: a, nar, references: [], deriver: undefined };

describe("nix: export streams", () => {
  it("encodes the golden closure as the real Nix did, and decodes from it what Nix knows", () => {
    assert.deepEqual(encodeExport(goldenClosure), golden("closure.export"));
    assert.deepEqual(
      goldenClosure.map(({ path }) => path).sort(compareStorePaths),
      Object.keys(goldenInfo).sort(),
    );
    for (const { path, references, deriver } of goldenClosure) {
      assert.deepEqual(references, goldenInfo[path]?.references);
      assert.equal(deriver ?? null, goldenInfo[path]?.deriver);
    }
  });

  it("decodes any paths that it encodes, and accepts only changed bytes that it would encode the same way", () => {
    fc.assert(
      fc.property(paths, (list) => {
        assert.deepEqual(decodeExport(encodeExport(list)), list);
      }),
    );
    fc.assert(
      fc.property(
        paths.chain((list) => mutatedBytes(encodeExport(list))),
        (changed) => {
          const list = acceptedBy(() => decodeExport(changed));
          if (list !== undefined) {
            assert.deepEqual(encodeExport(list), changed);
          }
        },
      ),
      { numRuns: fuzzRuns(2000) },
    );
  });

  it("refuses a stream that is truncated anywhere, or has trailing bytes", () => {
    const stream = encodeExport([plain, { ...plain, path: b, references: [a], deriver: `${a}.drv` }]);
    for (let length = 0; length < stream.length; length++) {
      refuses(() => decodeExport(stream.subarray(0, length)), NixFormatError, /unexpected end/);
    }
    refuses(() => decodeExport(Uint8Array.of(...stream, 0)), ExportFormatError, /trailing bytes/);
  });

  it("refuses duplicates, references to what comes later, unsorted references, and signatures", () => {
    const late = { ...plain, references: [b] };
    refuses(() => encodeExport([plain, plain]), ExportFormatError, /twice/);
    refuses(() => encodeExport([late, { ...plain, path: b }]), ExportFormatError, /comes after/);
    refuses(() => encodeExport([{ ...plain, references: [b, a] }]), NixFormatError, /unsorted/);
    refuses(() => encodeExport([{ ...plain, references: ["/etc"] }]), NixFormatError, /not in/);
    refuses(() => encodeExport([{ ...plain, deriver: "" }]), NixFormatError, /not in/);
    refuses(() => encodeExport([{ ...plain, nar: nar.subarray(1) }]), NixFormatError, /nix-archive-1/);
    assert.deepEqual(decodeExport(encodeExport([{ ...plain, references: [a, b] }]))[0]?.references, [a, b]);

    const one = encodeExport([plain]);
    const twice = Uint8Array.of(...one.subarray(0, -8), ...one);
    refuses(() => decodeExport(twice), ExportFormatError, /twice/);
    const wrongOrder = Uint8Array.of(
      ...encodeExport([late]).subarray(0, -8),
      ...encodeExport([{ ...plain, path: b }]),
    );
    refuses(() => decodeExport(wrongOrder), ExportFormatError, /comes after/);
    refuses(() => decodeExport(one.with(one.length - 16, 1)), ExportFormatError, /no signature/);
    refuses(() => decodeExport(one.with(0, 2)), ExportFormatError, /\(1\) or the end \(0\)/);
    refuses(() => decodeExport(one.with(8 + nar.length, 0)), ExportFormatError, /magic/);
  });

  it("enforces its limits: paths, references, and those of each archive", () => {
    const limits = (change: Partial<typeof DEFAULT_EXPORT_LIMITS>) => ({
      ...DEFAULT_EXPORT_LIMITS,
      ...change,
    });
    const stream = encodeExport([plain, { ...plain, path: b, references: [a, b] }]);
    decodeExport(stream, limits({ maxPaths: 2, maxReferences: 2 }));
    refuses(() => decodeExport(stream, limits({ maxPaths: 1 })), ExportFormatError, /more than 1 path/);
    refuses(() => decodeExport(stream, limits({ maxReferences: 1 })), ExportFormatError, /is 2, more than 1/);
    refuses(
      () => decodeExport(stream, limits({ maxAllReferences: 1 })),
      ExportFormatError,
      /more than 1 ref/,
    );
    const narLimits = { ...DEFAULT_NAR_LIMITS, maxSize: nar.length - 1 };
    refuses(() => decodeExport(stream, limits({ nar: narLimits })), NarLimitError, /maxSize/);
  });
});
