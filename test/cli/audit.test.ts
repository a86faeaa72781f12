import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { createWalletClient, http } from "viem";
import { authorityAbi } from "../../abi/index.ts";
import type { CartenixNode } from "../../machine/node/index.ts";
import { formatDeployment } from "../../protocol/deployments/index.ts";
import { notice, readerOf, startWorld, type World } from "../node/support/startWorld.ts";
import { until } from "../node/support/until.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

describe("cartenix audit", function () {
  this.timeout(300_000);
  let world: World;
  let node: CartenixNode;
  let options: string[];

  before(async () => {
    world = await startWorld();
    const file = join(world.folder, "deployment.json");
    await writeFile(file, formatDeployment(world.deployment));
    options = [
      ...["--rpc-url", world.rpcUrl, "--deployment", file],
      ...["--template", world.templateDirectory, "--data", join(world.folder, "audit")],
    ];
    node = await world.startNode();
    await world.send(world.accepting([notice("0x01")]));
    await world.send(world.accepting([notice("0x02")]));
    await claimed(1);
  });
  after(() => world?.[Symbol.asyncDispose]());

  async function claimed(epochs: number) {
    await until("the inputs are processed", () => node.status().processedInputs === node.status().inputs);
    await world.endEpoch();
    await until(`${epochs} epochs are accepted`, async () => {
      const { data } = await readerOf(node).listEpochs({
        application: world.deployment.application,
        status: "CLAIM_ACCEPTED",
      });
      return data.length === epochs;
    });
  }
  const audit = () => runJson(["audit", ...options], { fromSources: true, environment: cacheHome() });
  /** The emulator's libraries are in the cache of whoever runs the tests. */
  const cacheHome = () => ({
    HOME: process.env.HOME ?? "",
    CARTENIX_CACHE: process.env.CARTENIX_CACHE ?? "",
  });

  it("finds each claim right, and tells its inputs", async () => {
    const { exitCode, answer, stderr } = await audit();
    assert.equal(exitCode, 0, stderr);
    assert.equal(answer.schema, "cartenix.audit.v1");
    assert.deepEqual(
      answer.claims.map(({ isRight, firstInput, endInput }: Record<string, unknown>) => [
        isRight,
        firstInput,
        endInput,
      ]),
      [[true, "0", "2"]],
    );
  });

  it("finds the claim that is wrong", async () => {
    await node.stop();
    await world.send(world.accepting([notice("0x03")]));
    await world.endEpoch();
    const lie = `0x${"ab".repeat(32)}` as const;
    const { consensus, application } = world.deployment;
    const { number: block } = await world.client.getBlock();
    await world.mine(2);
    const hash = await createWalletClient({
      account: world.account(0),
      transport: http(world.rpcUrl),
    }).writeContract({
      chain: null,
      ...{ address: consensus, abi: authorityAbi, functionName: "submitClaim" },
      args: [application, block, lie],
    });
    await world.client.waitForTransactionReceipt({ hash });
    const { exitCode, answer, stderr } = await audit();
    assert.equal(exitCode, 1, stderr);
    assert.equal(answer.claims.length, 2);
    const [right, wrong] = answer.claims;
    assert.equal(right.isRight, true);
    assert.deepEqual(
      [wrong.isRight, wrong.outputsMerkleRoot, wrong.firstInput, wrong.endInput],
      [false, lie, "2", "3"],
    );
    assert.notEqual(wrong.expected, lie);
  });

  it("says so in words", async () => {
    const { exitCode, stdout } = await runCartenix(["audit", ...options], {
      fromSources: true,
      environment: cacheHome(),
    });
    assert.equal(exitCode, 1);
    assert.match(stdout, /^right {2}up to block \d+, inputs 0 to 1, by 0x/m);
    assert.match(stdout, /^WRONG {2}up to block \d+, inputs 2 to 2, by 0x/m);
    assert.match(stdout, /^2 claims, 1 of them wrong$/m);
  });

  it("refuses another template than the application's", async () => {
    const { exitCode, answer } = await runJson(
      ["audit", ...options.slice(0, 4), "--template", world.folder, "--data", join(world.folder, "other")],
      { fromSources: true, environment: cacheHome() },
    );
    assert.notEqual(exitCode, 0);
    assert.equal(answer.schema, "cartenix.error.v1");
  });

  it("finds claims from before the block that a file names as the first", async () => {
    const file = join(world.folder, "late.json");
    const applicationBlock = Number(await world.client.getBlockNumber());
    await writeFile(file, formatDeployment({ ...world.deployment, applicationBlock }));
    const args = ["--rpc-url", world.rpcUrl, "--deployment", file, ...options.slice(4)];
    const { answer } = await runJson(["audit", ...args], { fromSources: true, environment: cacheHome() });
    assert.equal(answer.claims?.length, 2, JSON.stringify(answer));
  });

  it("compares no claims of a consensus that only a file names", async () => {
    const file = join(world.folder, "forged.json");
    const { application: consensus } = world.deployment;
    await writeFile(file, formatDeployment({ ...world.deployment, consensus }));
    const args = ["--rpc-url", world.rpcUrl, "--deployment", file, ...options.slice(4)];
    const { exitCode, answer } = await runJson(["audit", ...args], {
      fromSources: true,
      environment: cacheHome(),
    });
    assert.deepEqual([exitCode, answer.code], [12, "DEPLOYMENT_DAMAGED"]);
  });

  it("needs to know which application", async () => {
    const { exitCode, stderr } = await runCartenix(["audit"], { fromSources: true });
    assert.equal(exitCode, 10);
    assert.match(stderr, /not said which application to audit/);
  });
});
