import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { looseNar } from "../../fuzz/generators/looseNar.ts";
import { narNode } from "../../fuzz/generators/nixArbitraries.ts";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { encodeNar, formatBase32, narHash, validateNar } from "../../nix/index.ts";
import { fuzzRuns } from "./support/fuzzRuns.ts";
import { mutatedBytes } from "./support/mutatedBytes.ts";
import { acceptedBy } from "./support/refuses.ts";
import { writeTree } from "./support/writeTree.ts";

describe("nix: NAR against the real Nix", () => {
  let nix: RealNix;
  before(async function () {
    this.timeout(600_000);
    nix = await openNix();
  });
  after(() => nix?.close());

  it("encodes and hashes the same trees to the same bytes", async function () {
    this.timeout(600_000);
    const trees = fc.sample(narNode, fuzzRuns(12));
    await mkdir(`${nix.folder}/trees`);
    for (const [index, tree] of trees.entries()) {
      await writeTree(`${nix.folder}/trees/${index}`, tree);
    }
    const hashes = await nix.run(`
      for tree in $(seq 0 ${trees.length - 1}); do
        nix-store --dump trees/$tree > trees/$tree.nar
        nix-hash --type sha256 --base32 trees/$tree
      done`);
    const [...lines] = new TextDecoder().decode(hashes).trim().split("\n");
    for (const [index, tree] of trees.entries()) {
      const nar = encodeNar(tree);
      assert.deepEqual(nar, new Uint8Array(await readFile(`${nix.folder}/trees/${index}.nar`)));
      assert.equal(formatBase32(narHash(nar).sha256), lines[index]);
    }
  });

  it("accepts exactly those archives that Nix restores and dumps to the same bytes", async function () {
    this.timeout(600_000);
    const changed = narNode.chain((tree) => mutatedBytes(encodeNar(tree)));
    const archives = [...fc.sample(changed, fuzzRuns(25)), ...fc.sample(looseNar, fuzzRuns(35))];
    await mkdir(`${nix.folder}/archives`);
    for (const [index, nar] of archives.entries()) {
      await writeFile(`${nix.folder}/archives/${index}.nar`, nar);
    }
    const accepted = await nix.run(`
      for index in $(seq 0 ${archives.length - 1}); do
        nar=archives/$index.nar
        if nix-store --restore restored < $nar && nix-store --dump restored | cmp -s - $nar; then echo $index; fi
        rm -rf restored
      done`);
    const acceptedByNix = new Set(new TextDecoder().decode(accepted).trim().split("\n").map(Number));
    for (const [index, nar] of archives.entries()) {
      const acceptedByUs = acceptedBy(() => validateNar(nar) ?? true) ?? false;
      assert.equal(acceptedByUs, acceptedByNix.has(index), `archive ${Buffer.from(nar).toString("hex")}`);
    }
    assert.ok(
      acceptedByNix.size > 0 && acceptedByNix.size < archives.length,
      `Nix accepted ${acceptedByNix.size}`,
    );
  });
});
