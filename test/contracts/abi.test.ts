import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { ConsensusKind, Contradictions, Verdict } from "../../abi/index.ts";
import { generate } from "../../abi/typechain/generate.ts";
import { areAltered, startChain } from "./support/startChain.ts";

const root = join(import.meta.dirname, "../..");

(areAltered ? describe.skip : describe)("What is generated from the contracts", () => {
  let folder: string;

  before(async () => {
    await startChain();
    folder = await mkdtemp(join(tmpdir(), "cartenix-abi-"));
    await generate(folder);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("is what is committed (npm run abi writes it)", async () => {
    const files = globSync("abi/contracts/*.ts", { cwd: folder }).sort();
    assert.deepEqual(files, globSync("abi/contracts/*.ts", { cwd: root }).sort());
    for (const file of files) {
      assert.equal(
        await readFile(join(folder, file), "utf8"),
        await readFile(join(root, file), "utf8"),
        file,
      );
    }
  });

  for (const [name, file, values] of [
    ["Verdict", "ITrustPolicy", Verdict],
    ["Contradictions", "ITrustPolicy", Contradictions],
    ["ConsensusKind", "ITrustPolicyFactory", ConsensusKind],
  ] as const) {
    it(`has the members of the enum ${name}, in their order`, async () => {
      const source = await readFile(join(root, `contracts/${file}.sol`), "utf8");
      const members = source.match(new RegExp(`enum ${name} \\{([^}]*)\\}`))![1]!.match(/\w+/g)!;
      assert.deepEqual(values, Object.fromEntries(members.map((member, index) => [member, index])));
    });
  }
});
