import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
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
});
