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
import { runCartenix, runJson } from "./support/runCartenix.ts";

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

  it("which is verified without any network, or with the chain's word on its claim", async () => {
    const file = join(folder, "verified.proof.json");
    await runJson(["prove", ...options, built.storePath, "-o", file]);
    const offline = await runCartenix(["verify", "--proof", file, "--offline"]);
    assert.equal(offline.exitCode, 0, offline.stderr);
    assert.match(
      offline.stdout,
      new RegExp(`^proven {2}${built.storePath}\n[^]*What remains to be believed:`),
    );
    const { exitCode, answer } = await runJson(["verify", ...options, "--proof", file]);
    assert.deepEqual([exitCode, answer.narHash], [0, formatNarHash(built.narHash)]);
    await writeFile(file, (await readFile(file, "utf8")).replace(/"0x[0-9a-f]/, '"0xg'));
    assert.equal((await runCartenix(["verify", "--proof", file, "--offline"])).exitCode, 12);
  });

  for (const [what, args, message] of [
    ["nothing to verify", [], /not said what to verify/],
    ["paths beside a proof", ["--proof", "x", built.storePath], /by itself, without paths/],
    ["paths without any chain", ["--offline", built.storePath], /use --offline with --proof/],
    ["a proof that is not there", ["--proof", "none.json", "--offline"], /cannot read the proof none\.json/],
  ] as const) {
    it(`says what to do about ${what}`, async () => {
      const { exitCode, stderr } = await runCartenix(["verify", ...args]);
      assert.equal(exitCode, 10);
      assert.match(stderr, message);
    });
  }

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
