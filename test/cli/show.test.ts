import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Deployment, formatDeployment, formatNarHash } from "../../protocol/index.ts";
import { claimAndExecute } from "../client/support/claimAndExecute.ts";
import { hashOf, helloOutput } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

describe("cartenix show", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let folder: string;
  let options: string[];
  const built = helloOutput("shown");
  const contested = helloOutput("shown-contested");
  const other = { ...contested, narHash: hashOf("another") };

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    folder = await mkdtemp(join(tmpdir(), "cartenix-show-"));
    const file = join(folder, "deployment.json");
    await writeFile(file, formatDeployment(deployment));
    options = ["--rpc-url", rollup.chain.rpcUrl, "--deployment", file];
    await claimAndExecute(rollup, deployment, [built]);
    const { application, registry } = deployment;
    for (let time = 0; time < 12; time++) {
      await rollup.record(application, registry, [contested], 7n);
    }
    await rollup.record(application, registry, [other], 8n);
  });

  after(async () => {
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("shows what the voucher says of an output, and when it was recorded", async () => {
    const { exitCode, answer } = await runJson(["show", ...options, built.storePath]);
    assert.equal(exitCode, 0);
    assert.equal(answer.schema, "cartenix.show.v1");
    const [{ application, templateHash, history, output, node }] = answer.applications;
    assert.deepEqual([application, templateHash], [deployment.application, deployment.templateHash]);
    assert.equal(output.drvPath, built.drvPath);
    assert.deepEqual(output.references, built.references);
    assert.equal(node, null);
    assert.deepEqual([history.confirmations, history.conflicts, history.observationCount], ["0", [], 1]);
    const [{ kind, narHash, time, blockNumber }] = history.observations;
    const { timestamp } = await rollup.client.getBlock({ blockNumber: BigInt(blockNumber) });
    assert.deepEqual([kind, narHash, time], ["recorded", formatNarHash(built.narHash), String(timestamp)]);
  });

  it("shows confirmations and conflicts, the first record and the last others", async () => {
    const { exitCode, answer } = await runJson(["show", ...options, contested.storePath]);
    assert.equal(exitCode, 4);
    const [{ history, output }] = answer.applications;
    assert.deepEqual(
      [history.confirmations, history.conflicts, history.observationCount, output],
      ["11", [formatNarHash(other.narHash)], 13, null],
    );
    const kinds = history.observations.map(({ kind }: { kind: string }) => kind);
    assert.deepEqual(kinds, ["recorded", ...new Array(8).fill("confirmed"), "conflicted"]);
  });

  it("says all of it in words", async () => {
    const { stdout } = await runCartenix(["show", ...options, contested.storePath]);
    assert.match(stdout, /^ {2}recorded {3}sha256-\S+ by input 7, block \d+ of 20\d\d-\S+Z, transaction 0x/m);
    assert.match(stdout, /^ {2}\(3 more between the first and these\)$/m);
    assert.match(stdout, new RegExp(`conflicts  ${formatNarHash(other.narHash).replaceAll("+", "\\+")}`));
  });

  it("ends with 2 for what nobody recorded", async () => {
    const { exitCode, stdout } = await runCartenix(["show", ...options, helloOutput("never").storePath]);
    assert.equal(exitCode, 2);
    assert.match(stdout, /has not recorded it/);
  });
});
