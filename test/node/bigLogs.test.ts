import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { createTestClient, createWalletClient, type Hex, http, type PublicClient, parseGwei } from "viem";
import { applicationAbi, iConsensusAbi } from "../../abi/index.ts";
import { connectToChain } from "../../machine/node/chain/connectToChain.ts";
import { createBatchLimit, followChain } from "../../machine/node/chain/followChain.ts";
import { readApplicationInfo } from "../../machine/node/chain/readApplicationInfo.ts";
import { ChainDataError, outputHash } from "../../machine/node/index.ts";
import type { ApplicationInfo } from "../../machine/node/model/applicationInfo.ts";
import { readApplicationState, recordApplication } from "../../machine/node/store/applicationTable.ts";
import { lastReadBlock } from "../../machine/node/store/blocksTable.ts";
import { executionCount } from "../../machine/node/store/executionsTable.ts";
import { openStore, type Store } from "../../machine/node/store/openStore.ts";
import { plainProof, plainRoot } from "./support/plainTree.ts";
import { type Call, type FaultyProxy, startProxy } from "./support/startProxy.ts";
import { startWorld, voucher, type World } from "./support/startWorld.ts";

const OUTPUTS = 8;
const PAYLOAD: Hex = `0x${"00".repeat(60_000)}`;
/** What the endpoint accepts to send; the node itself accepts 16 MiB, which Hardhat takes half a minute to make. */
const MAX_RESPONSE_LENGTH = 300_000;

describe("a block whose executions are larger than a response may be", function () {
  this.timeout(180_000);
  let world: World;
  let proxy: FaultyProxy;
  let client: PublicClient;
  let application: ApplicationInfo;
  let store: Store;
  let block: bigint;
  let tests = 0;
  const { signal } = new AbortController();
  const miner = () => createTestClient({ mode: "hardhat", transport: http(world.rpcUrl) });
  const newestBlock = () => world.client.getBlockNumber({ cacheTime: 0 });
  const follow = () =>
    followChain(client, store, application, { safeBlock: "latest", signal, batchLimit: createBatchLimit() });

  before(async () => {
    world = await startWorld();
    proxy = await startProxy(world.rpcUrl);
    client = connectToChain(proxy.url);
    application = await readApplicationInfo(world.client, world.deployment.application);
    const outputs = Array.from({ length: OUTPUTS }, (_, index) =>
      voucher(`0x${(index + 1).toString(16).padStart(40, "c0")}`, PAYLOAD),
    );
    const leaves = outputs.map(outputHash);
    await claim(plainRoot(leaves));
    await miner().setBlockGasLimit({ gasLimit: 1_000_000_000n });
    await miner().setAutomine(false);
    const wallet = createWalletClient({ account: world.account(1), transport: http(world.rpcUrl) });
    for (const [index, output] of outputs.entries()) {
      await wallet.writeContract({
        chain: null,
        address: application.address,
        abi: applicationAbi,
        functionName: "executeOutput",
        args: [output, { outputIndex: BigInt(index), outputHashesSiblings: plainProof(leaves, index) }],
        gas: 8_000_000n,
        nonce: index,
        maxFeePerGas: parseGwei("10"),
        maxPriorityFeePerGas: 1n,
      });
    }
    await miner().mine({ blocks: 1 });
    await miner().setAutomine(true);
    block = await newestBlock();
    assert.equal(await world.client.getBlockTransactionCount({ blockNumber: block }), OUTPUTS);
    const executed = await world.client.readContract({
      address: application.address,
      abi: applicationAbi,
      functionName: "getNumberOfExecutedOutputs",
    });
    assert.equal(executed, BigInt(OUTPUTS));
  });
  after(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    store = openStore(join(world.folder, `logs-${tests++}.sqlite`));
    recordApplication(store, application);
  });
  afterEach(() => {
    store.close();
    proxy.heal();
  });

  /** Claims the newest epoch that is over, and returns when the claim is accepted. */
  async function claim(outputsRoot: Hex): Promise<void> {
    await world.mine(Number(application.epochLength!));
    const newest = await newestBlock();
    const lastBlock = newest - (newest % application.epochLength!) - 1n;
    const wallet = createWalletClient({ account: world.account(0), transport: http(world.rpcUrl) });
    const hash = await wallet.writeContract({
      chain: null,
      address: application.consensus,
      abi: iConsensusAbi,
      functionName: "submitClaim",
      args: [application.address, lastBlock, outputsRoot],
    });
    await world.client.waitForTransactionReceipt({ hash });
  }

  const limited = ({ method, answer }: Call) =>
    method === "eth_getLogs" && JSON.stringify(answer).length > MAX_RESPONSE_LENGTH
      ? { error: { code: -32005, message: "response is too large" } }
      : answer;

  it("is read transaction by transaction", async () => {
    proxy.tamper = limited;
    await follow();
    assert.equal(executionCount(store), BigInt(OUTPUTS));
    assert.equal(readApplicationState(store).checkedBlock, block);
    assert.equal(proxy.calls.get("eth_getTransactionReceipt"), OUTPUTS);
  });

  it("is not believed when a receipt is for another transaction", async () => {
    let first: unknown;
    proxy.tamper = (call) => {
      const { method, answer } = call;
      if (method !== "eth_getTransactionReceipt") {
        return limited(call);
      }
      first ??= answer.result;
      return { result: first };
    };
    await assert.rejects(follow(), ChainDataError);
    assert.equal(executionCount(store), 0n);
  });

  it("is read as a page of its own when it is full, and the blocks after it as the next", async () => {
    await world.mine(2);
    proxy.tamper = ({ method, params, answer }) => {
      const { fromBlock, toBlock } = (params[0] ?? {}) as { fromBlock?: Hex; toBlock?: Hex };
      return method === "eth_getLogs" && fromBlock !== toBlock
        ? { error: { code: -32005, message: "block range is too long" } }
        : answer;
    };
    await followChain(client, store, application, {
      safeBlock: "latest",
      signal,
      batchLimit: createBatchLimit(),
      maxBatchEvents: 1,
    });
    assert.equal(executionCount(store), BigInt(OUTPUTS));
    assert.equal(lastReadBlock(store, block)?.number, block);
    assert.equal(readApplicationState(store).checkedBlock, await newestBlock());
  });
});
