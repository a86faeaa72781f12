import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { compress, exported, shellPackage } from "../../fuzz/generators/shellPackage.ts";
import type { Emulator } from "../../machine/emulator/index.ts";
import { type ExportedPath, encodeExport } from "../../nix/index.ts";
import { advanceAll, reasonOf, requestFor, startTemplate } from "./support/realMachine.ts";

/** The most cycles that an input may cost when it is rejected before any build: half a minute on a host computer. */
const MAX_CYCLES = 10_000_000_000n;

describe("hostile bundles in the real machine", function () {
  this.timeout(120_000);
  const wanted = shellPackage({ name: "wanted", script: "echo > $out", system: "riscv64-linux" });
  let machine: Emulator;

  before(async () => {
    machine = await startTemplate();
  });

  after(() => machine?.shutdown());

  for (const [name, paths, reason] of [
    ["more references than are allowed", manyReferences, /more than 50000 references/],
    ["a derivation with very many variables", manyVariables, /belongs to/],
  ] as const) {
    it(`are rejected quickly and do not crash the machine: ${name}`, async () => {
      await using copy = await machine.fork();
      const { blob } = compress(encodeExport(paths()));
      const result = await advanceAll(copy, requestFor(wanted.drvPath, blob));
      assert.equal(result.status, "rejected");
      assert.match(reasonOf(result), reason);
      assert.ok(result.cycles < MAX_CYCLES, `${result.cycles} cycles`);
    });
  }
});

function storePath(number: number, name: string): string {
  return `/nix/store/${number.toString(10).padStart(32, "0")}-${name}`;
}

function manyReferences(): ExportedPath[] {
  const references = Array.from({ length: 2_000 }, (_, index) => storePath(index, "referred"));
  return Array.from({ length: 26 }, (_, index) => exported(storePath(index, "referring"), "", references));
}

function manyVariables(): ExportedPath[] {
  const variables = Array.from({ length: 20_000 }, (_, index) => `("${String(index).padStart(7, "0")}","")`);
  const output = `("out","${storePath(1, "bomb")}","","")`;
  const derivation = `Derive([${output}],[],[],"riscv64-linux","builder",[],[${variables.join()}])`;
  return [exported(storePath(1, "bomb.drv"), derivation, [])];
}
