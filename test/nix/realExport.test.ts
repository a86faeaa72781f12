import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { closure, isSelfContained } from "../../fuzz/generators/closure.ts";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { compareStorePaths, decodeExport, type ExportedPath, encodeExport } from "../../nix/index.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { mutatedBytes } from "./support/mutatedBytes.ts";
import { acceptedBy } from "./support/refuses.ts";

describe("nix: export streams against the real Nix", () => {
  let nix: RealNix;
  // one seed is the start of all samples, so that two tests have the same paths: a store that knows one keeps its first content
  beforeEach(async function () {
    this.timeout(600_000);
    nix = await openNix();
  });
  afterEach(() => nix?.close());

  /** Has Nix import each stream and export its paths again, one by one; `undefined` where it refused. */
  async function throughNix(
    folder: string,
    streams: readonly Uint8Array[],
  ): Promise<(Uint8Array | undefined)[]> {
    await mkdir(`${nix.folder}/${folder}`);
    for (const [index, stream] of streams.entries()) {
      await writeFile(`${nix.folder}/${folder}/${index}`, stream);
    }
    await nix.run(`
      cd ${folder}
      for index in $(seq 0 ${streams.length - 1}); do
        if nix-store --import < $index > $index.paths; then
          nix-store --export $(cat $index.paths) > $index.again
        fi
      done
      nix-store --verify --check-contents`);
    return Promise.all(
      streams.map(async (_, index) => {
        const again = await readFile(`${nix.folder}/${folder}/${index}.again`).catch(() => undefined);
        return again && new Uint8Array(again);
      }),
    );
  }

  it("encodes what Nix imports and exports again, down to the deriver", async function () {
    this.timeout(600_000);
    const closures = fc.sample(closure, fuzzRuns(8));
    const again = await throughNix("closures", closures.map(encodeExport));
    for (const [index, paths] of closures.entries()) {
      const stream = again[index];
      assert.ok(stream, `Nix refused ${paths.map(({ path }) => path)}`);
      assert.deepEqual(byPath(decodeExport(stream)), byPath(paths));
    }
  });

  it("accepts no changed stream that Nix refuses or reads differently", async function () {
    this.timeout(600_000);
    const changed = fc.sample(
      closure.chain((paths) => mutatedBytes(encodeExport(paths))),
      fuzzRuns(300),
    );
    const accepted = changed.filter((stream) => isSelfContained(acceptedBy(() => decodeExport(stream))));
    const again = await throughNix("changed", accepted);
    for (const [index, stream] of accepted.entries()) {
      const output = again[index];
      assert.ok(output, `Nix refused ${Buffer.from(stream).toString("hex")}`);
      assert.deepEqual(byPath(decodeExport(output)), byPath(decodeExport(stream)));
    }
    assert.ok(accepted.length > 0 && accepted.length < changed.length, `${accepted.length} were accepted`);
  });
});

function byPath(paths: readonly ExportedPath[]): ExportedPath[] {
  return paths.toSorted((a, b) => compareStorePaths(a.path, b.path));
}
