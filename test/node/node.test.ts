import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Hex, toHex, zeroAddress } from "viem";
import { applicationAbi, iConsensusAbi } from "../../abi/index.ts";
import { type CartenixNode, outputHash } from "../../machine/node/index.ts";
import { plainProof } from "./support/plainTree.ts";
import { script } from "./support/scriptGuest.ts";
import { notice, readerOf, startWorld, voucher, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("a rollup node", function () {
  this.timeout(60_000);
  let world: World;
  let node: CartenixNode;
  const receiver: Hex = "0x00000000000000000000000000000000000000ff";
  const application = () => world.deployment.application;
  const processed = (inputs: bigint) =>
    until(`${inputs} inputs are processed`, () => node.status().processedInputs >= inputs);
  const sent: Hex[] = [];

  before(async () => {
    world = await startWorld();
    node = await world.startNode({ execute: true });
  });
  after(() => world[Symbol.asyncDispose]());

  it("serves the application as the contracts describe it", async () => {
    const found = await readerOf(node).getApplication({ application: application() });
    assert.equal(found.applicationAddress, application());
    assert.equal(found.consensusAddress, world.deployment.consensus);
    assert.equal(found.inputBoxAddress, world.deployment.inputBox);
    assert.equal(found.templateHash, world.deployment.templateHash);
    assert.equal(found.epochLength, BigInt(world.deployment.epochLength));
    assert.equal(found.consensusType, "AUTHORITY");
    assert.deepEqual(found.dataAvailability, {
      type: "InputBox",
      inputBoxAddress: world.deployment.inputBox,
    });
    assert.equal(await readerOf(node).getChainId(), 31_337);
    assert.match(await readerOf(node).getNodeVersion(), /^\d+\.\d+\.\d+/);
    const { data, pagination } = await readerOf(node).listApplications();
    assert.deepEqual(
      data.map(({ applicationAddress }) => applicationAddress),
      [application()],
    );
    assert.equal(pagination.totalCount, 1);
  });

  it("records an accepted input's outputs, reports and machine hash", async () => {
    const hashBefore = node.status().machineHash;
    sent.push(notice("0x1234"), voucher(receiver, "0x", 7n));
    await world.send(world.accepting(sent, script.report("0xabcd"), script.count()), 3);
    await processed(1n);

    const input = await readerOf(node).getInput({ application: application(), inputIndex: 0n });
    assert.equal(input.status, "ACCEPTED");
    assert.equal(input.decodedData?.sender, world.account(3).address);
    assert.equal(input.decodedData?.index, 0n);
    assert.equal(input.decodedData?.blockNumber, input.blockNumber);
    assert.equal(input.machineHash, node.status().machineHash);
    assert.notEqual(input.machineHash, hashBefore);

    const { data: outputs } = await readerOf(node).listOutputs({ application: application() });
    assert.deepEqual(
      outputs.map(({ rawData }) => rawData),
      sent,
    );
    assert.deepEqual(outputs[0]?.decodedData, { type: "Notice", payload: "0x1234" });
    assert.deepEqual(outputs[1]?.decodedData, {
      type: "Voucher",
      destination: receiver,
      value: 7n,
      payload: "0x",
    });
    assert.deepEqual(
      outputs.map(({ outputHashesSiblings }) => outputHashesSiblings),
      [null, null],
    );
    const report = await readerOf(node).getReport({ application: application(), reportIndex: 0n });
    assert.equal(report.rawData, "0xabcd");
    assert.equal(report.inputIndex, 0n);
  });

  for (const [status, step] of [
    ["REJECTED", script.reject()],
    ["EXCEPTION", script.exception("no more")],
    ["MACHINE_HALTED", script.halt()],
  ] as const) {
    it(`keeps only the reports of an input with status ${status}`, async () => {
      const { machineHash, inputs } = node.status();
      const { data: before } = await readerOf(node).listOutputs({ application: application() });
      await world.send(script.of(script.count(), script.output("0x1234"), script.report("0xef"), step));
      await processed(inputs + 1n);
      const input = await readerOf(node).getInput({ application: application(), inputIndex: inputs });
      assert.equal(input.status, status);
      assert.equal(input.machineHash, machineHash);
      assert.equal(node.status().machineHash, machineHash);
      const { data: now } = await readerOf(node).listOutputs({ application: application() });
      assert.equal(now.length, before.length);
      const { data: reports } = await readerOf(node).listReports({
        application: application(),
        inputIndex: inputs,
      });
      assert.deepEqual(
        reports.map(({ rawData }) => rawData),
        ["0xef"],
      );
    });
  }

  it("answers queries from the machine between inputs, even while one is processed", async () => {
    const { inputs } = node.status();
    const count = async (body = script.of(script.reportCount(), script.accept("0x"))) => {
      const response = await fetch(`${node.url}/inspect/${application()}`, { method: "POST", body });
      assert.equal(response.status, 200);
      return response.json() as Promise<unknown>;
    };
    const once = {
      status: "Accepted",
      exception_payload: null,
      reports: [{ payload: "0x0100000000000000" }],
      processed_input_count: Number(inputs),
    };
    assert.deepEqual(await count(), once);
    assert.deepEqual(await count(script.of(script.count(), script.reportCount(), script.accept("0x"))), {
      ...once,
      reports: [{ payload: "0x0200000000000000" }],
    });
    assert.deepEqual(await count(script.of(script.reportCount(), script.reject())), {
      ...once,
      status: "Rejected",
    });
    assert.deepEqual(await count(script.exception("no")), {
      ...once,
      status: "Exception",
      exception_payload: toHex("no"),
      reports: [],
    });

    await world.send(world.accepting([], script.spin(300), script.count()));
    await until("the input is under way", () => (node.status().current?.cycles ?? 0n) > 0n);
    const answers = await Promise.all([count(), count(), count(), count()]);
    assert.equal(node.status().processedInputs, inputs, "the input was still under way");
    for (const answer of answers) {
      assert.deepEqual(answer, once);
    }
    await processed(inputs + 1n);
    assert.deepEqual(await count(), {
      ...once,
      reports: [{ payload: "0x0200000000000000" }],
      processed_input_count: Number(inputs) + 1,
    });
  });

  it("claims the epoch once, with the root of its outputs", async () => {
    await world.endEpoch();
    const epochIndex = await until("an epoch is accepted", () =>
      readerOf(node)
        .getLastAcceptedEpochIndex({ application: application() })
        .catch(() => undefined),
    );
    const epoch = await readerOf(node).getEpoch({ application: application(), epochIndex });
    assert.equal(epoch.status, "CLAIM_ACCEPTED");
    assert.equal(epoch.lastBlock % 4n, 3n);
    assert.ok(
      await world.client.readContract({
        address: world.deployment.consensus,
        abi: iConsensusAbi,
        functionName: "isOutputsMerkleRootValid",
        args: [application(), epoch.outputsMerkleRoot!],
      }),
    );
    const claims = await world.client.getContractEvents({
      address: world.deployment.consensus,
      abi: iConsensusAbi,
      eventName: "ClaimSubmitted",
      fromBlock: 0n,
    });
    assert.equal(claims.length, 1, "epochs without outputs have no claims");
    assert.equal(claims[0]?.transactionHash, epoch.claimTransactionHash);
  });

  it("proves outputs to the contract", async () => {
    const leaves = sent.map(outputHash);
    for (const [index, raw] of sent.entries()) {
      const output = await readerOf(node).getOutput({
        application: application(),
        outputIndex: BigInt(index),
      });
      assert.equal(output.hash, leaves[index]);
      assert.deepEqual(output.outputHashesSiblings, plainProof(leaves, index));
      const proof = {
        outputIndex: BigInt(index),
        outputHashesSiblings: output.outputHashesSiblings!,
      };
      await world.client.readContract({
        address: application(),
        abi: applicationAbi,
        functionName: "validateOutput",
        args: [raw, proof],
      });
      await assert.rejects(
        world.client.readContract({
          address: application(),
          abi: applicationAbi,
          functionName: "validateOutput",
          args: [`${raw}00`, proof],
        }),
      );
    }
  });

  it("executes an accepted voucher as soon as possible, and only once", async () => {
    // The application cannot pay the voucher's 7 wei at first.
    await until("the voucher was tried", async () => node.status().checkedBlock > 0n);
    assert.equal(await world.client.getBalance({ address: receiver }), 0n);
    await world.sendEther(application(), 100n);
    const output = await until("the voucher is executed", async () => {
      const found = await readerOf(node).getOutput({ application: application(), outputIndex: 1n });
      return found.executionTransactionHash ? found : undefined;
    });
    assert.equal(await world.client.getBalance({ address: receiver }), 7n);
    const { status } = await world.client.getTransactionReceipt({ hash: output.executionTransactionHash! });
    assert.equal(status, "success");
    assert.equal(await node.executeOutput(1n), undefined);
    assert.equal(await world.client.getBalance({ address: receiver }), 7n);
  });

  it("continues the outputs tree of the last epoch", async () => {
    const more = [notice("0x01"), notice("0x02"), voucher(zeroAddress, "0x")];
    await world.send(world.accepting(more.slice(0, 2)));
    await world.send(world.accepting(more.slice(2)));
    await world.endEpoch();
    const leaves = [...sent, ...more].map(outputHash);
    const outputs = await until("all outputs have proofs", async () => {
      const { data } = await readerOf(node).listOutputs({ application: application() });
      return data.length === 5 && data.every(({ outputHashesSiblings }) => outputHashesSiblings) && data;
    });
    const accepted = await until("its claim is accepted", async () => {
      const { epochIndex } = outputs[4]!;
      const epoch = await readerOf(node).getEpoch({ application: application(), epochIndex });
      return epoch.status === "CLAIM_ACCEPTED" && epoch;
    });
    assert.equal(accepted.status, "CLAIM_ACCEPTED");
    assert.deepEqual(outputs[0]?.outputHashesSiblings, plainProof(leaves.slice(0, 2), 0));
    assert.deepEqual(outputs[4]?.outputHashesSiblings, plainProof(leaves, 4));
    for (const [index, output] of [sent[0]!, ...sent.slice(1), ...more].entries()) {
      await world.client.readContract({
        address: application(),
        abi: applicationAbi,
        functionName: "validateOutput",
        args: [
          output,
          { outputIndex: BigInt(index), outputHashesSiblings: outputs[index]!.outputHashesSiblings! },
        ],
      });
    }
  });
});
