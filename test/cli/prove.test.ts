import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { applicationAbi, authorityAbi } from "../../abi/index.ts";
import {
  type Deployment,
  encodeOutput,
  encodeRecord,
  formatDeployment,
  formatNarHash,
} from "../../protocol/index.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { outputsTree } from "../indexer/support/outputsTree.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { runJson } from "./support/runCartenix.ts";

describe("cartenix prove", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let folder: string;
  let options: string[];
  const built = helloOutput("proven-by-command");

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    folder = await mkdtemp(join(tmpdir(), "cartenix-prove-"));
    await writeFile(join(folder, "deployment.json"), formatDeployment(deployment));
    options = ["--rpc-url", rollup.chain.rpcUrl, "--deployment", join(folder, "deployment.json")];
    const { application, consensus, registry: destination, claimer } = deployment;
    const payload = encodeRecord({ inputIndex: 0n, outputs: [built] });
    const voucher = encodeOutput({ type: "Voucher", destination, value: 0n, payload });
    const { root, proofs } = outputsTree([voucher]);
    await rollup.write(claimer, {
      ...{ address: consensus, abi: authorityAbi, functionName: "submitClaim" },
      args: [application, (await rollup.client.getBlockNumber()) - 1n, root],
    });
    await rollup.write(claimer, {
      ...{ address: application, abi: applicationAbi, functionName: "executeOutput" },
      args: [voucher, proofs[0]!],
    });
  });

  after(async () => {
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("writes a proof", async () => {
    const file = join(folder, "out.proof.json");
    const { exitCode, answer } = await runJson(["prove", ...options, built.storePath, "-o", file]);
    assert.equal(exitCode, 0);
    assert.equal(answer.narHash, formatNarHash(built.narHash));
    assert.equal(answer.hasStatement, false);
    assert.equal(JSON.parse(await readFile(file, "utf8")).schema, "cartenix.proof.v1");
  });

  it("names the file after the output", async () => {
    const { answer } = await runJson(["prove", ...options, built.storePath], { cwd: folder });
    assert.equal(answer.file, `${built.storePath.slice(44)}.proof.json`);
    assert.ok((await readdir(folder)).includes(answer.file));
  });

  it("ends with 2, and writes nothing, for what was not recorded", async () => {
    const file = join(folder, "none.proof.json");
    const { exitCode, answer } = await runJson([
      ...["prove", ...options, helloOutput("never").storePath],
      ...["-o", file],
    ]);
    assert.deepEqual([exitCode, answer.code], [2, "NO_PROOF"]);
    assert.ok(!(await readdir(folder)).includes("none.proof.json"));
  });
});
