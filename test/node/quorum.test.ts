import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Address, createWalletClient, encodeFunctionData, http, parseEventLogs, zeroHash } from "viem";
import {
  applicationFactoryAbi,
  dataAvailabilityAbi,
  iConsensusAbi,
  quorumFactoryAbi,
} from "../../abi/index.ts";
import type { CartenixNode } from "../../machine/node/index.ts";
import { notice, readerOf, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("a node of a quorum", function () {
  this.timeout(60_000);
  let world: World;
  let node: CartenixNode;
  let application: Address;
  let quorum: Address;

  before(async () => {
    world = await startWorld();
    const { quorumFactory, applicationFactory, inputBox, templateHash } = world.deployment;
    const account = world.account(5);
    const wallet = createWalletClient({ account, transport: http(world.rpcUrl) });
    const mined = async (hash: Promise<`0x${string}`>) =>
      world.client.waitForTransactionReceipt({ hash: await hash });
    const { logs } = await mined(
      wallet.writeContract({
        chain: null,
        address: quorumFactory,
        abi: quorumFactoryAbi,
        functionName: "newQuorum",
        args: [[0, 1, 2].map((index) => world.account(index).address), 4n, zeroHash],
      }),
    );
    quorum = parseEventLogs({ abi: quorumFactoryAbi, logs, eventName: "QuorumCreated" })[0]!.args.quorum;
    const dataAvailability = encodeFunctionData({
      abi: dataAvailabilityAbi,
      functionName: "InputBox",
      args: [inputBox],
    });
    const made = await mined(
      wallet.writeContract({
        chain: null,
        address: applicationFactory,
        abi: applicationFactoryAbi,
        functionName: "newApplication",
        args: [quorum, account.address, templateHash, dataAvailability, zeroHash],
      }),
    );
    const [created] = parseEventLogs({
      abi: applicationFactoryAbi,
      logs: made.logs,
      eventName: "ApplicationCreated",
    });
    application = created!.args.appContract;
    node = await world.startNode({ application });
  });
  after(() => world[Symbol.asyncDispose]());

  it("votes once, and waits for the other validators", async () => {
    const reader = readerOf(node);
    const found = await reader.getApplication({ application });
    assert.equal(found.consensusType, "QUORUM");
    assert.equal(found.consensusAddress, quorum);
    await world.sendTo(application, world.accepting([notice("0x01")]));
    await world.endEpoch();
    const epoch = await until("our vote is in", async () => {
      const { data } = await reader.listEpochs({ application, status: "CLAIM_SUBMITTED" });
      return data[0];
    });
    await world.mine(3);
    await until(
      "the node has seen more blocks",
      async () => node.status().checkedBlock >= epoch.lastBlock + 3n,
    );
    const votes = () =>
      world.client.getContractEvents({
        address: quorum,
        abi: iConsensusAbi,
        eventName: "ClaimSubmitted",
        fromBlock: 0n,
      });
    assert.equal((await votes()).length, 1);
    await assert.rejects(reader.getLastAcceptedEpochIndex({ application }));

    await createWalletClient({ account: world.account(1), transport: http(world.rpcUrl) }).writeContract({
      chain: null,
      address: quorum,
      abi: iConsensusAbi,
      functionName: "submitClaim",
      args: [application, epoch.lastBlock, epoch.outputsMerkleRoot!],
    });
    await until("the claim is accepted", async () => {
      const { status } = await reader.getEpoch({ application, epochIndex: epoch.index });
      return status === "CLAIM_ACCEPTED";
    });
    assert.equal(await reader.getLastAcceptedEpochIndex({ application }), epoch.index);
    assert.equal((await votes()).length, 2);
  });

  it("reports when the other validators accepted a different claim", async () => {
    await world.sendTo(application, world.accepting([notice("0x02")]));
    const wrong = `0x${"66".repeat(32)}` as const;
    const block = await world.client.getBlockNumber();
    const lastBlock = block - (block % 4n) + 3n;
    await world.endEpoch();
    for (const voter of [1, 2]) {
      await createWalletClient({
        account: world.account(voter),
        transport: http(world.rpcUrl),
      }).writeContract({
        chain: null,
        address: quorum,
        abi: iConsensusAbi,
        functionName: "submitClaim",
        args: [application, lastBlock, wrong],
      });
    }
    const epoch = await until("the claim is rejected", async () => {
      const { data } = await readerOf(node).listEpochs({ application, status: "CLAIM_REJECTED" });
      return data[0];
    });
    assert.equal(epoch.lastBlock, lastBlock);
    assert.notEqual(epoch.outputsMerkleRoot, wrong);
  });
});
