import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import { applicationAbi, iConsensusAbi } from "../../abi/index.ts";
import { script } from "./support/scriptGuest.ts";
import { type SpawnedNode, spawnNode } from "./support/spawnNode.ts";
import { type FaultyProxy, startProxy } from "./support/startProxy.ts";
import { notice, readerOf, startWorld, voucher, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

/** When the node's process is killed, while it processes inputs that take a third of a second each. */
const MOMENTS: [name: string, when: (node: SpawnedNode) => Promise<unknown>][] = [
  ["in the middle of an input", (node) => node.event("input started").then(() => pause(150))],
  ["in the middle of a snapshot", (node) => node.event("snapshot started").then(() => pause(60))],
];

/** Log lines at which the node's process is killed, as by kill -9 between two instructions. */
const EXACT_MOMENTS: [name: string, line: string][] = [
  ["before the machine is forked", "input started"],
  ["when the machine has run, but nothing is recorded", "input ran"],
  ["when the result is recorded, but the fork has not yet become the machine", "input recorded"],
  ["when the fork has become the machine, but is not stored", "input processed"],
  ["before a snapshot is stored", "snapshot started"],
  ["when a snapshot is stored, but not recorded", "snapshot stored"],
  ["when a snapshot is recorded, but the old ones are still there", "snapshot recorded"],
];
const EXACT_MOMENTS_OF_TRANSACTIONS: [name: string, line: string][] = [
  ["when a transaction is signed, but not recorded", "transaction signed"],
  ["when a transaction is recorded, but not sent", "transaction recorded"],
  ["when a transaction is sent", "transaction sent"],
];

describe("a node that is killed", function () {
  this.timeout(120_000);
  let world: World;
  let proxy: FaultyProxy;
  const receiver: Hex = "0x00000000000000000000000000000000000000ff";
  const options = ["--execute", "--snapshot-cycles", "50000000"];
  let transactionsBefore: number;
  let vouchers = 0n;
  let inputs = 0n;

  const sendWork = async (millionCycles = 40) => {
    const outputs = [notice("0x01"), voucher(receiver, "0x", 1n)];
    await world.send(world.accepting(outputs, script.spin(millionCycles), script.count()));
    await world.send(script.of(script.count(), script.report("0x99"), script.reject()));
    vouchers++;
    inputs += 2n;
  };
  const transactionsOfClaimer = () => world.client.getTransactionCount({ address: world.account(0).address });
  const hashesKnownTo = async (url: string): Promise<(Hex | null)[]> => {
    const { data } = await readerOf({ url }).listInputs({
      application: world.deployment.application,
      limit: 1_000,
    });
    return data.map(({ machineHash }) => machineHash);
  };

  before(async () => {
    world = await startWorld();
    proxy = await startProxy(world.rpcUrl);
    await world.sendEther(world.deployment.application, 1_000n);
    transactionsBefore = await transactionsOfClaimer();
  });
  after(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  for (const [name, when] of MOMENTS) {
    it(`starts again after being killed ${name}`, async () => {
      await sendWork();
      const node = spawnNode(world, options);
      await when(node);
      node.signal("SIGKILL");
      assert.equal(await node.ended, "SIGKILL");
    });
  }

  for (const [name, line] of EXACT_MOMENTS) {
    it(`starts again after being killed ${name}`, async () => {
      await sendWork();
      assert.equal(await spawnNode(world, options, { killAt: line }).ended, "SIGKILL");
    });
  }

  for (const [name, line] of EXACT_MOMENTS_OF_TRANSACTIONS) {
    it(`starts again after being killed ${name}`, async () => {
      await sendWork(1);
      await world.endEpoch();
      assert.equal(await spawnNode(world, options, { killAt: line }).ended, "SIGKILL");
    });
  }

  it("sends the same signed transaction later when killed before it is sent", async () => {
    await sendWork();
    await world.endEpoch();
    const sent: unknown[] = [];
    let node = spawnNode(world, options, { rpcUrl: proxy.url });
    proxy.inspect = ({ method, params }) => {
      if (method !== "eth_sendRawTransaction") {
        return;
      }
      sent.push(params[0]);
      node.signal("SIGKILL");
      throw new Error("never arrives");
    };
    assert.equal(await node.ended, "SIGKILL");
    proxy.inspect = ({ method, params }) => {
      if (method === "eth_sendRawTransaction") {
        sent.push(params[0]);
      }
    };
    proxy.tamper = ({ method, answer }) => {
      if (method === "eth_sendRawTransaction") {
        node.signal("SIGKILL");
        throw new Error("the answer never arrives");
      }
      return answer;
    };
    node = spawnNode(world, options, { rpcUrl: proxy.url });
    assert.equal(await node.ended, "SIGKILL");
    assert.equal(sent[1], sent[0]);
    proxy.tamper = ({ answer }) => answer;
  });

  it("has neither lost nor repeated anything in the end", async () => {
    await world.endEpoch();
    const node = spawnNode(world, options);
    const url = (await node.event("serving")).url as string;
    const { application, consensus } = world.deployment;
    await until(
      "all inputs are processed",
      async () => (await readerOf({ url }).getProcessedInputCount({ application })) === inputs,
      60_000,
    );
    const known = await hashesKnownTo(url);
    await until(
      "all vouchers are executed",
      async () => (await world.client.getBalance({ address: receiver })) === vouchers,
      60_000,
    );

    const undisturbed = await world.startNode({
      dataDirectory: `${world.folder}/undisturbed`,
      claimerKey: undefined,
    });
    await until(
      "all inputs are processed again",
      () => undisturbed.status().processedInputs === inputs,
      60_000,
    );
    assert.deepEqual(known, await hashesKnownTo(undisturbed.url));
    assert.equal(new Set(known).size, Number(inputs) / 2, "each accepted input changed the machine");

    const eventsOf = { fromBlock: 0n, strict: true } as const;
    const claims = await world.client.getContractEvents({
      address: consensus,
      abi: iConsensusAbi,
      eventName: "ClaimSubmitted",
      ...eventsOf,
    });
    const epochs = claims.map(({ args }) => args.lastProcessedBlockNumber);
    assert.deepEqual(epochs, [...new Set(epochs)]);
    const executed = await world.client.getContractEvents({
      address: application,
      abi: applicationAbi,
      eventName: "OutputExecuted",
      ...eventsOf,
    });
    assert.equal(executed.length, Number(vouchers));
    assert.equal(
      (await transactionsOfClaimer()) - transactionsBefore,
      claims.length + executed.length,
      "every transaction had an effect",
    );

    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
  });
});
