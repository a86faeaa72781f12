import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import {
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  parseGwei,
  type TestClient,
  toEventSelector,
} from "viem";
import { iConsensusAbi } from "../../abi/index.ts";
import { type CartenixNode, type Log, NoKeyError, OutputNotProvenError } from "../../machine/node/index.ts";
import { recordLog } from "./support/recordLog.ts";
import { startProxy } from "./support/startProxy.ts";
import { notice, readerOf, startWorld, voucher, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("claiming and executing", function () {
  this.timeout(60_000);
  let world: World;
  let node: CartenixNode;
  let miner: TestClient;
  const sent: string[] = [];
  const record = (_: object, message: string) =>
    void (message.startsWith("transaction") && sent.push(message));
  const log: Log = { debug() {}, info: record, warn: record, error: record };
  const receiver: Hex = "0x00000000000000000000000000000000000000ff";
  const of = () => ({ application: world.deployment.application });
  const nonce = (blockTag: "latest" | "pending") =>
    world.client.getTransactionCount({ address: world.account(0).address, blockTag });
  const accepted = (epochs: number) =>
    until(`${epochs} epochs are accepted`, async () => {
      const { data } = await readerOf(node).listEpochs({ ...of(), status: "CLAIM_ACCEPTED" });
      return data.length === epochs;
    });

  before(async () => {
    world = await startWorld();
    miner = createTestClient({ mode: "hardhat", transport: http(world.rpcUrl) });
    node = await world.startNode({ log });
  });
  after(() => world[Symbol.asyncDispose]());

  it("waits for an unmined transaction, and sends nothing else", async () => {
    await world.send(world.accepting([notice("0x01")]));
    await until("it is processed", () => node.status().processedInputs === 1n);
    await miner.setAutomine(false);
    await world.endEpoch();
    await until("the claim is sent", () => sent.length > 0);
    await pause(1_000); // some twenty polls
    assert.deepEqual(sent, ["transaction sent"]);
    assert.equal(await nonce("pending"), (await nonce("latest")) + 1);
  });

  it("claims again when its transaction was replaced", async () => {
    const hash = await createWalletClient({
      account: world.account(0),
      transport: http(world.rpcUrl),
    }).sendTransaction({
      chain: null,
      to: receiver,
      value: 1n,
      nonce: await nonce("latest"),
      maxFeePerGas: parseGwei("100"),
      maxPriorityFeePerGas: parseGwei("50"),
    });
    await miner.mine({ blocks: 1 });
    assert.equal((await world.client.getTransactionReceipt({ hash })).status, "success");
    await until("the claim is sent again", () => sent.length === 3);
    assert.deepEqual(sent, ["transaction sent", "transaction was replaced", "transaction sent"]);
    await miner.setAutomine(true);
    await miner.mine({ blocks: 1 });
    await accepted(1);
  });

  it("executes no vouchers unless asked to", async () => {
    await assert.rejects(node.executeOutput(0n), /OutputNotExecutable/);
    await world.endEpoch(); // so that the next one is still open when the input is processed
    await world.sendEther(world.deployment.application, 10n);
    await world.send(world.accepting([voucher(receiver, "0x", 5n), voucher(receiver, "0x", 4n)]));
    await until("it is processed", () => node.status().processedInputs === 2n);
    await assert.rejects(node.executeOutput(1n), OutputNotProvenError);
    await assert.rejects(node.executeOutput(99n), OutputNotProvenError);
    await world.endEpoch();
    await accepted(2);
    assert.equal(await world.client.getBalance({ address: receiver }), 1n);
    await miner.setAutomine(false);
    const hash = await node.executeOutput(1n);
    assert.equal(await node.executeOutput(1n), hash, "the pending one");
    await miner.setAutomine(true);
    await miner.mine({ blocks: 1 });
    assert.equal(await world.client.getBalance({ address: receiver }), 6n);
    assert.equal(await node.executeOutput(1n), undefined);
    await until("the execution is known", async () => {
      const output = await readerOf(node).getOutput({ ...of(), outputIndex: 1n });
      return output.executionTransactionHash === hash;
    });
  });

  it("does not claim an epoch that somebody else has claimed", async () => {
    await node.stop();
    await world.send(world.accepting([notice("0x02")]));
    const reader = await world.startNode({ claimerKey: undefined });
    await world.endEpoch();
    const epoch = await until("the claim is computed", async () => {
      const { data } = await readerOf(reader).listEpochs({ ...of(), status: "CLAIM_COMPUTED" });
      return data[0];
    });
    await assert.rejects(reader.executeOutput(0n), NoKeyError);
    await reader.stop();
    // A claim is for blocks that are past, so one more must follow the epoch's last.
    await miner.mine({ blocks: 1 });
    await createWalletClient({ account: world.account(0), transport: http(world.rpcUrl) }).writeContract({
      chain: null,
      address: world.deployment.consensus,
      abi: iConsensusAbi,
      functionName: "submitClaim",
      args: [world.deployment.application, epoch.lastBlock, epoch.outputsMerkleRoot!],
    });
    sent.length = 0;
    node = await world.startNode({ log });
    await accepted(3);
    assert.ok(!sent.includes("transaction sent"), sent.join());
  });

  it("rereads claims and executions that an endpoint withheld", async () => {
    await node.stop();
    await using proxy = await startProxy(world.rpcUrl);
    const { log, events } = recordLog();
    node = await world.startNode({ rpcUrl: proxy.url, execute: true, log });
    const withheld = [
      toEventSelector("ClaimAccepted(address,uint256,bytes32)"),
      toEventSelector("OutputExecuted(uint64,bytes)"),
    ] as string[];
    proxy.tamper = ({ method, answer }) => {
      if (method !== "eth_getLogs") {
        return answer;
      }
      const logs = answer.result as { topics: string[] }[];
      return { result: logs.filter(({ topics }) => !withheld.includes(topics[0]!)) };
    };
    const contradiction = (reason: RegExp) =>
      until(`it reports ${reason}`, () => events.find(({ fields }) => reason.test(String(fields.reason))));
    const balance = await world.client.getBalance({ address: receiver });
    await world.sendEther(world.deployment.application, 10n);
    await world.send(world.accepting([voucher(receiver, "0x", 1n)]));
    await until("it is processed", () => node.status().processedInputs === 4n);
    await world.endEpoch();
    await contradiction(/epoch \d+ is accepted at block \d+, but its ClaimAccepted log is missing/);
    withheld.shift();
    await contradiction(/the application counts \d+ executed outputs at block \d+, the logs contain \d+/);
    proxy.heal();
    await until("both executions are known", async () => {
      const { data } = await readerOf(node).listOutputs(of());
      return [2, 4].every((index) => data[index]?.executionTransactionHash);
    });
    await accepted(4);
    assert.equal(
      (await world.client.getBalance({ address: receiver })) - balance,
      5n,
      "including the one not executed before",
    );
  });

  it("raises its fees when they have become too low, and only then", async () => {
    await node.stop();
    const { log, events, messages } = recordLog();
    node = await world.startNode({ raiseAfterMs: 300, log });
    await world.send(world.accepting([notice("0x05")]));
    await until("it is processed", () => node.status().processedInputs === 5n);
    await miner.setAutomine(false);
    await world.endEpoch();
    await until("the claim is sent", () => messages().includes("transaction sent"));
    await pause(700);
    const RAISED = "transaction was not mined; sent again with higher fees";
    assert.ok(!messages().includes(RAISED), "its fees still match the estimate");
    await miner.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("90") });
    await miner.mine({ blocks: 1 });
    const [first] = events.filter(({ message }) => message === "transaction sent");
    const raised = await until("it is raised", () => events.find(({ message }) => message === RAISED));
    assert.equal(raised.fields.replaces, first!.fields.hash);
    assert.ok(BigInt(raised.fields.maxFeePerGas as bigint) > parseGwei("60"));
    await miner.mine({ blocks: 1 });
    await miner.setAutomine(true);
    await until("it is mined", () =>
      events.some(
        ({ message, fields }) => message === "transaction was mined" && fields.hash === raised.fields.hash,
      ),
    );
    await accepted(5);
    const { data } = await readerOf(node).listEpochs({ ...of(), descending: true, limit: 1 });
    assert.equal(data[0]?.claimTransactionHash, raised.fields.hash);
    assert.equal(messages().filter((message) => message === "transaction sent").length, 1, "one claim");
  });

  it("claims once even if it loses its data while its claim is pending", async () => {
    await node.stop();
    const { log, messages } = recordLog();
    node = await world.startNode({ log });
    await world.send(world.accepting([notice("0x06")]));
    await until("it is processed", () => node.status().processedInputs === 6n);
    await miner.setAutomine(false);
    await world.endEpoch();
    await until("the claim is sent", () => messages().includes("transaction sent"));
    await node.stop();
    await rm(join(world.folder, "data"), { recursive: true });
    const before = await nonce("latest");
    const again = recordLog();
    node = await world.startNode({ log: again.log });
    const retried = ["transaction sent", "the claim cannot be submitted now"];
    await until("it tries to claim again", () =>
      again.messages().some((message) => retried.includes(message)),
    );
    await miner.mine({ blocks: 1 });
    await miner.setAutomine(true);
    await accepted(6);
    assert.equal(await nonce("latest"), before + 1, "one transaction, not two");
  });
});
