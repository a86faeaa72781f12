import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { createTestClient, createWalletClient, type Hex, http, parseGwei } from "viem";
import { inputBoxAbi } from "../../abi/index.ts";
import { connectToChain } from "../../machine/node/chain/connectToChain.ts";
import { createBatchLimit, followChain } from "../../machine/node/chain/followChain.ts";
import { readApplicationInfo } from "../../machine/node/chain/readApplicationInfo.ts";
import { ReorganisedError } from "../../machine/node/index.ts";
import type { ApplicationInfo } from "../../machine/node/model/applicationInfo.ts";
import { readApplicationState, recordApplication } from "../../machine/node/store/applicationTable.ts";
import { lastReadBlock } from "../../machine/node/store/blocksTable.ts";
import { inputCount, readInput } from "../../machine/node/store/inputsTable.ts";
import { openStore, type Store } from "../../machine/node/store/openStore.ts";
import { rollBack } from "../../machine/node/store/rollBack.ts";
import { decodeEvmAdvance } from "../../protocol/index.ts";
import { type FaultyProxy, startProxy } from "./support/startProxy.ts";
import { startWorld, type World } from "./support/startWorld.ts";

const MAX_PAYLOAD_BYTES = 65_216;
const INPUTS = 128;
/** What the node accepts of one response. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

describe("a block with 128 inputs of the largest size", function () {
  this.timeout(180_000);
  let world: World;
  let proxy: FaultyProxy;
  let application: ApplicationInfo;
  let store: Store;
  let block: bigint;
  let tests = 0;
  const { signal } = new AbortController();
  const miner = () => createTestClient({ mode: "hardhat", transport: http(world.rpcUrl) });
  const follow = () =>
    followChain(connectToChain(proxy.url), store, application, {
      safeBlock: "latest",
      signal,
      batchLimit: createBatchLimit(),
    });
  const checkedBlock = () => readApplicationState(store).checkedBlock;
  const payload = (input: number): Hex =>
    `0x${(input % 256).toString(16).padStart(2, "0").repeat(MAX_PAYLOAD_BYTES)}`;

  before(async () => {
    world = await startWorld();
    proxy = await startProxy(world.rpcUrl);
    application = await readApplicationInfo(world.client, world.deployment.application);
    await miner().setBlockGasLimit({ gasLimit: 1_000_000_000n });
    await miner().setAutomine(false);
    const account = world.account(1);
    const wallet = createWalletClient({ account, transport: http(world.rpcUrl) });
    for (let input = 0; input < INPUTS; input++) {
      await wallet.writeContract({
        chain: null,
        address: world.deployment.inputBox,
        abi: inputBoxAbi,
        functionName: "addInput",
        args: [world.deployment.application, payload(input)],
        gas: 4_000_000n,
        nonce: input,
        maxFeePerGas: parseGwei("10"),
        maxPriorityFeePerGas: 1n,
      });
    }
    await miner().mine({ blocks: 1 });
    await miner().setAutomine(true);
    block = await world.client.getBlockNumber();
    assert.equal(await world.client.getBlockTransactionCount({ blockNumber: block }), INPUTS);
    await world.mine(2);
  });
  after(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    store = openStore(join(world.folder, `big-${tests++}.sqlite`));
    recordApplication(store, application);
  });
  afterEach(() => {
    store.close();
    proxy.heal();
  });

  const expectAllRead = async () => {
    assert.equal(inputCount(store), BigInt(INPUTS));
    for (let input = 0; input < INPUTS; input++) {
      const { raw } = readInput(store, BigInt(input));
      assert.equal(decodeEvmAdvance(`0x${Buffer.from(raw).toString("hex")}`)?.payload, payload(input));
    }
    assert.equal(checkedBlock(), await world.client.getBlockNumber());
  };

  it("is read page by page, each well below what the node accepts", async () => {
    const sizes: number[] = [];
    proxy.tamper = ({ method, answer }) => {
      if (method === "eth_getLogs") {
        sizes.push(JSON.stringify(answer).length);
      }
      return answer;
    };
    await follow();
    await expectAllRead();
    assert.ok(Math.max(...sizes) < 0.55 * MAX_RESPONSE_BYTES, `${sizes}`);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) > MAX_RESPONSE_BYTES, "all of it would be too much");
  });

  it("is read from an endpoint that limits its responses to 300 KB", async () => {
    proxy.tamper = ({ method, answer }) =>
      method === "eth_getLogs" && JSON.stringify(answer).length > 300_000
        ? { error: { code: -32005, message: "response is too large" } }
        : answer;
    await follow();
    await expectAllRead();
  });

  it("is gone on with where reading it was interrupted", async () => {
    let pages = 0;
    proxy.inspect = ({ method }) => {
      if (method === "eth_getLogs" && inputCount(store) > 0n && pages++ === 0) {
        throw new Error("cut");
      }
    };
    await assert.rejects(follow());
    assert.equal(inputCount(store), 64n);
    assert.equal(checkedBlock(), block - 1n);
    assert.equal(lastReadBlock(store, block)?.number, block);
    await follow();
    await expectAllRead();
  });

  it("is read anew when it is no longer on the chain after half of it was read", async () => {
    proxy.inspect = ({ method }) => {
      if (method === "eth_getLogs" && inputCount(store) > 0n) {
        throw new Error("cut");
      }
    };
    await assert.rejects(follow());
    assert.equal(inputCount(store), 64n);
    proxy.heal();
    proxy.tamper = ({ method, params, answer }) => {
      const { number } = (answer.result ?? {}) as { number?: Hex };
      return method === "eth_getBlockByNumber" && params[0] !== "latest" && BigInt(number ?? 0) === block
        ? { result: { ...(answer.result as object), hash: `0x${"12".repeat(32)}` } }
        : answer;
    };
    const refused = await follow().catch((error: unknown) => error);
    assert.ok(refused instanceof ReorganisedError, String(refused));
    assert.equal(refused.blockNumber, block);
    rollBack(store, block - 1n);
    assert.equal(inputCount(store), 0n);
    proxy.heal();
    await follow();
    await expectAllRead();
  });
});
