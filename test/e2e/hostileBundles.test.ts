import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "../../machine/emulator/index.ts";
import { makeTemplate } from "../../machine/image/index.ts";
import { type ExportedPath, type NarEntry, writeExport, writeNar } from "../../nix/index.ts";
import { silentProgress } from "../../support/index.ts";
import { compress, exported, shellPackage, sourceFile } from "../handler/support/packages.ts";
import { advanceAll, reasonOf, requestFor } from "./support/realMachine.ts";

/** What an input may cost that is refused before anything is built, in cycles: some ten seconds of a computer. */
const MAX_CYCLES = 4_000_000_000n;

describe("bundles that mean harm, in the real machine", function () {
  this.timeout(120_000);
  const wanted = shellPackage({ name: "wanted", script: "echo > $out", system: "riscv64-linux" });
  let machine: Emulator;

  before(async () => {
    const { directory } = await makeTemplate({ progress: silentProgress });
    machine = await startEmulator();
    await machine.load(directory);
    await machine.rootHash();
  });

  after(() => machine?.shutdown());

  for (const [name, paths, reason] of [
    ["very many references", manyReferences, /references/],
    ["very many paths", manyPaths, /./],
    ["very many files in archives", manyFiles, /nodes|files|entries/],
    ["derivations of very many variables", manyVariables, /./],
    ["a derivation of nothing but escapes", manyEscapes, /./],
    ["zeros", () => [sourceFile("zeros", Buffer.alloc(95 * 1024 * 1024))], /./],
  ] as const)
    it(`end soon, and do not end the machine: ${name}`, async () => {
      await using copy = await machine.fork();
      const { blob } = compress(writeExport(paths()));
      const result = await advanceAll(copy, requestFor(wanted.drvPath, blob));
      console.log(name, blob.length, result.status, result.cycles, result.reports.length && reasonOf(result));
      assert.equal(result.status, "rejected");
      assert.match(reasonOf(result), reason);
      assert.ok(result.cycles < MAX_CYCLES, `${result.cycles} cycles`);
    });
});

function storePath(number: number, name: string): string {
  return `/nix/store/${number.toString(10).padStart(32, "0")}-${name}`;
}

function manyReferences(): ExportedPath[] {
  const references = Array.from({ length: 2_000 }, (_, index) => storePath(index, "referred"));
  return Array.from({ length: 700 }, (_, index) => exported(storePath(index, "referring"), "", references));
}

function manyPaths(): ExportedPath[] {
  return Array.from({ length: 20_000 }, (_, index) => sourceFile("source", String(index)));
}

function manyFiles(): ExportedPath[] {
  const contents = new Uint8Array();
  const entries = Array.from(
    { length: 60_000 },
    (_, index): NarEntry => ({
      name: Buffer.from(String(index).padStart(6, "0")),
      node: { kind: "regular", executable: false, contents },
    }),
  );
  const nar = writeNar({ kind: "directory", entries });
  return [1, 2, 3, 4, 5, 6, 7].map((number) => ({
    path: storePath(number, "archive"),
    nar,
    references: [],
    deriver: undefined,
  }));
}

function manyVariables(): ExportedPath[] {
  const variables = Array.from({ length: 150_000 }, (_, index) => `("${String(index).padStart(7, "0")}","")`);
  return derivations((number) => `[],"s","b${number}",[],[${variables.join()}]`);
}

function manyEscapes(): ExportedPath[] {
  return derivations((number) => `[],"s","b${number}",["${"\\n".repeat(1_000_000)}"],[]`);
}

function derivations(rest: (number: number) => string): ExportedPath[] {
  return [1, 2, 3].map((number) =>
    exported(
      storePath(number, "bomb.drv"),
      `Derive([("out","${storePath(number, "bomb")}","","")],[],${rest(number)})`,
      [],
    ),
  );
}
