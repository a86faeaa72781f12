import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { createTestClient, type Hex, http, toHex } from "viem";
import { iConsensusAbi } from "../../abi/index.ts";
import type { CartenixNode } from "../../machine/node/index.ts";
import { script } from "./support/scriptGuest.ts";
import { notice, readerOf, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("a node on a chain that is reorganised", function () {
  this.timeout(60_000);
  let world: World;
  let node: CartenixNode;
  let messages: string[];
  const chain = () => createTestClient({ mode: "hardhat", transport: http(world.rpcUrl) });
  const reader = () => readerOf(node);
  const of = () => ({ application: world.deployment.application });
  const caughtUp = (inputs: bigint) =>
    until(`${inputs} inputs are processed`, async () => {
      const { checkedBlock, inputs: known, processedInputs } = node.status();
      return (
        checkedBlock === (await world.client.getBlockNumber()) &&
        known === inputs &&
        processedInputs === inputs
      );
    });
  const lastReport = (expected: Hex) =>
    until("the last report is the expected one", async () => {
      const { data } = await reader().listReports({ ...of(), descending: true, limit: 1 });
      return data[0]?.rawData === expected;
    });
  const outputs = async () => (await reader().listOutputs(of())).data.map(({ rawData }) => rawData);
  /** The machine hash of a new node that reads the current chain. */
  const undisturbed = async (inputs: bigint): Promise<Hex> => {
    const other = await world.startNode({
      dataDirectory: `${world.folder}/${Math.random()}`,
      claimerKey: undefined,
    });
    await until("it has read everything", () => other.status().processedInputs === inputs);
    const { machineHash } = other.status();
    await other.stop();
    return machineHash;
  };

  before(async () => {
    world = await startWorld();
    messages = [];
    const record = (_: object, message: string) => void messages.push(message);
    node = await world.startNode({
      log: { debug() {}, info: record, warn: record, error: record },
      snapshotCycles: 1n,
    });
    await world.send(world.accepting([notice("0x01")], script.count()));
    await caughtUp(1n);
  });
  after(() => world[Symbol.asyncDispose]());

  for (const depth of [1, 5, 30]) {
    it(`abandons the current input when its block and the ${depth} before it are reorganised away`, async () => {
      const { inputs, machineHash } = node.status();
      const known = await outputs();
      const snapshot = await chain().snapshot();
      const before = world.outputs();
      await world.send(world.accepting([notice("0x55")], script.count()));
      await world.mine(depth - 1);
      await caughtUp(inputs + 1n);
      assert.notEqual(node.status().machineHash, machineHash);
      assert.equal((await outputs()).length, known.length + 1);
      await world.send(script.of(script.spin(100_000), script.reject()));
      await until("the input is under way", () => (node.status().current?.cycles ?? 0n) > 0n);
      messages.length = 0;
      await chain().revert({ id: snapshot });
      world.forgetOutputsAfter(before);
      const report = toHex(0x70 + depth, { size: 1 });
      await world.send(script.of(script.report(report), script.reject()));
      await world.mine(depth + 1);
      await lastReport(report);
      assert.equal(node.status().inputs, inputs + 1n);
      assert.equal(node.status().machineHash, machineHash);
      assert.deepEqual(await outputs(), known);
      assert.ok(messages.includes("the chain was reorganised"));
      assert.equal(messages.filter((message) => message === "input processed").length, 1, "only the new one");
    });
  }

  it("discards the result of an input that was replaced in the meantime", async () => {
    const { inputs, machineHash } = node.status();
    const snapshot = await chain().snapshot();
    const before = world.outputs();
    await world.send(world.accepting([notice("0x56")], script.spin(20), script.count()));
    await until("the input is under way", () => node.status().current !== undefined);
    await chain().revert({ id: snapshot });
    world.forgetOutputsAfter(before);
    await world.send(script.of(script.report("0x57"), script.reject()));
    await world.mine(1);
    await lastReport("0x57");
    assert.equal(node.status().inputs, inputs + 1n);
    assert.equal(node.status().machineHash, machineHash);
  });

  it("continues with the current input when that stays on the chain", async () => {
    const { inputs } = node.status();
    await world.send(world.accepting([notice("0x02")], script.spin(300), script.count()));
    await until("the input is under way", () => (node.status().current?.cycles ?? 0n) > 0n);
    const snapshot = await chain().snapshot();
    await world.mine(3);
    await until(
      "the node has seen them",
      async () => node.status().checkedBlock === (await world.client.getBlockNumber()),
    );
    await chain().revert({ id: snapshot });
    messages.length = 0;
    await world.sendEther(world.account(8).address, 1n);
    await world.mine(3);
    await caughtUp(inputs + 1n);
    assert.ok(messages.includes("the chain was reorganised"));
    assert.ok(!messages.includes("input started"), "it was not started again");
  });

  it("claims again when its claim was reorganised away", async () => {
    const { inputs } = node.status();
    await world.send(world.accepting([notice("0x03")], script.count()));
    await caughtUp(inputs + 1n);
    const { epochIndex } = await reader().getInput({ ...of(), inputIndex: inputs });
    await world.endEpoch();
    const snapshot = await chain().snapshot();
    const accepted = () =>
      until("the epoch is accepted", async () => {
        const epoch = await reader().getEpoch({ ...of(), epochIndex });
        return epoch.status === "CLAIM_ACCEPTED" && epoch;
      });
    const epoch = await accepted();
    await chain().revert({ id: snapshot });
    await world.sendEther(world.account(8).address, 1n);
    await world.mine(2);
    const again = await until("the claim is in other blocks", async () => {
      const found = await accepted();
      return found.claimTransactionHash !== epoch.claimTransactionHash && found;
    });
    assert.equal(again.outputsMerkleRoot, epoch.outputsMerkleRoot);
    assert.ok(
      await world.client.readContract({
        address: world.deployment.consensus,
        abi: iConsensusAbi,
        functionName: "isOutputsMerkleRootValid",
        args: [world.deployment.application, again.outputsMerkleRoot!],
      }),
    );
    assert.equal(node.status().machineHash, await undisturbed(inputs + 1n));
  });
});
