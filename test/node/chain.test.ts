import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import {
  createTestClient,
  getAbiItem,
  type Hex,
  http,
  numberToHex,
  type PublicClient,
  parseEther,
  toFunctionSelector,
  zeroHash,
} from "viem";
import { disputeConsensusAbi } from "../../abi/index.ts";
import { deployDisputableLocal } from "../../deploy/index.ts";
import { connectToChain } from "../../machine/node/chain/connectToChain.ts";
import { createBatchLimit, followChain } from "../../machine/node/chain/followChain.ts";
import { readApplicationInfo } from "../../machine/node/chain/readApplicationInfo.ts";
import {
  ApplicationError,
  ChainDataError,
  MissingEventsError,
  ReorganisedError,
} from "../../machine/node/index.ts";
import type { ApplicationInfo } from "../../machine/node/model/applicationInfo.ts";
import { readApplicationState, recordApplication } from "../../machine/node/store/applicationTable.ts";
import { deleteEventsAfter } from "../../machine/node/store/deleteEventsAfter.ts";
import { inputCount, readInput } from "../../machine/node/store/inputsTable.ts";
import { openStore, type Store } from "../../machine/node/store/openStore.ts";
import { decodeEvmAdvance } from "../../protocol/index.ts";
import { script } from "./support/scriptGuest.ts";
import { type Call, type FaultyProxy, startProxy } from "./support/startProxy.ts";
import { startWorld, type World } from "./support/startWorld.ts";

interface LogObject {
  data: Hex;
  topics: Hex[];
  address: Hex;
  blockNumber: Hex;
}

const GET_NUMBER_OF_INPUTS = toFunctionSelector("getNumberOfInputs(address)");

describe("reading the chain", () => {
  let world: World;
  let proxy: FaultyProxy;
  let client: PublicClient;
  let application: ApplicationInfo;
  let store: Store;
  let tests = 0;
  const { signal } = new AbortController();
  const follow = (options = {}) =>
    followChain(client, store, application, {
      safeBlock: "latest",
      signal,
      batchLimit: createBatchLimit(),
      ...options,
    });
  const checkedBlock = () => readApplicationState(store).checkedBlock;
  const onInputLogs = (change: (logs: LogObject[], call: Call) => LogObject[]) => {
    proxy.tamper = (call) => {
      const isInputs = JSON.stringify(call.params)
        .toLowerCase()
        .includes(application.inputBox.slice(2).toLowerCase());
      if (call.method !== "eth_getLogs" || !isInputs) {
        return call.answer;
      }
      return { result: change(call.answer.result as LogObject[], call) };
    };
  };

  before(async () => {
    world = await startWorld();
    proxy = await startProxy(world.rpcUrl);
    client = connectToChain(proxy.url);
    application = await readApplicationInfo(client, world.deployment.application);
    for (let input = 0; input < 3; input++) {
      await world.send(script.spin(input));
    }
    await world.mine(3);
  });
  after(async () => {
    await proxy[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    store = openStore(join(world.folder, `${tests++}.sqlite`));
    recordApplication(store, application);
  });
  afterEach(() => {
    store.close();
    proxy.tamper = ({ answer }) => answer;
  });

  it("distinguishes an application from other contracts and accounts", async () => {
    assert.equal(application.inputBox, world.deployment.inputBox);
    assert.ok(application.firstBlock > 0n && application.firstBlock <= (await client.getBlockNumber()));
    await assert.rejects(readApplicationInfo(client, world.account(0).address), ApplicationError);
    await assert.rejects(readApplicationInfo(client, world.deployment.inputBox), ApplicationError);
  });

  it("reads the terms of a consensus with disputes, and refuses one that answers otherwise", async () => {
    const terms = { maxInputs: 1, claimWindow: 2, challengeWindow: 3, clock: 4 };
    const { application: disputable, consensus } = await deployDisputableLocal({
      rpcUrl: world.rpcUrl,
      templateHash: application.templateHash,
      ...{ ...terms, bond: "1" },
    });
    const info = await readApplicationInfo(client, disputable);
    assert.equal(info.consensusType, "DISPUTE");
    assert.equal(info.consensus, consensus);
    const { stepVerifier: _, ...found } = info.terms!;
    assert.deepEqual(found, { ...terms, bond: parseEther("1") });
    const selector = toFunctionSelector(getAbiItem({ abi: disputeConsensusAbi, name: "terms" }));
    for (const change of [
      (data: Hex): Hex => `${data}${"00".repeat(32)}`,
      (data: Hex): Hex => `0x01${data.slice(4)}`,
      (data: Hex): Hex => `${data.slice(0, -64)}` as Hex,
      (data: Hex): Hex => `${data.slice(0, -64)}${"00".repeat(32)}` as Hex,
      (): Hex => "0x",
    ]) {
      proxy.tamper = ({ method, params, answer }) =>
        method === "eth_call" && JSON.stringify(params).includes(selector)
          ? { result: change(answer.result as Hex) }
          : answer;
      await assert.rejects(readApplicationInfo(client, disputable), ApplicationError);
    }
  });

  it("reads every input once, in order and unchanged", async () => {
    assert.ok((await follow()).blocks > 0n);
    assert.equal(inputCount(store), 3n);
    for (let index = 0n; index < 3n; index++) {
      const { raw, status } = readInput(store, index);
      assert.equal(status, "NONE");
      assert.equal(decodeEvmAdvance(`0x${Buffer.from(raw).toString("hex")}`)?.index, index);
    }
    assert.equal(checkedBlock(), await client.getBlockNumber());
    assert.equal((await follow()).blocks, 0n);
  });

  it("sends one request per poll while nothing happens", async () => {
    await follow();
    proxy.calls.clear();
    await follow();
    assert.deepEqual([...proxy.calls], [["eth_getBlockByNumber", 1]]);
  });

  it("halves the block range for an endpoint that refuses long ones", async () => {
    proxy.tamper = ({ method, params, answer }) => {
      if (method !== "eth_getLogs") {
        return answer;
      }
      const { fromBlock, toBlock } = params[0] as Record<string, Hex>;
      if (Number(toBlock) - Number(fromBlock) < 2) {
        return answer;
      }
      return { error: { code: -32005, message: "block range is too long" } };
    };
    await follow();
    assert.equal(inputCount(store), 3n);
    assert.equal(checkedBlock(), await client.getBlockNumber());
  });

  it("tolerates an endpoint that cuts the connection, and one that lags behind", async () => {
    proxy.tamper = ({ method, answer }) => {
      if (method === "eth_getLogs") {
        throw new Error("cut");
      }
      return answer;
    };
    await assert.rejects(follow());
    assert.equal(checkedBlock(), application.firstBlock - 1n);
    proxy.tamper = ({ answer }) => answer;
    await follow();
    const behind = await client.getBlock({ blockNumber: (await client.getBlockNumber()) - 1n });
    proxy.tamper = ({ method, params, answer }) =>
      method === "eth_getBlockByNumber" && params[0] === "latest"
        ? { result: { ...(answer.result as object), number: numberToHex(behind.number), hash: behind.hash } }
        : answer;
    assert.equal((await follow()).blocks, 0n);
  });

  const lies: [string, (logs: LogObject[]) => LogObject[]][] = [
    ["omits the last input", (logs) => logs.slice(0, -1)],
    ["omits the first input", (logs) => logs.slice(1)],
    ["omits all inputs", () => []],
    ["repeats an input", (logs) => [...logs, ...logs.slice(-1)]],
    ["swaps inputs", (logs) => [...logs].reverse()],
    ["renames the emitter", (logs) => logs.map((log) => ({ ...log, address: application.consensus }))],
    [
      "changes an index",
      (logs) => logs.map((log) => ({ ...log, topics: [...log.topics.slice(0, 2), zeroHash] })),
    ],
    ["changes a byte of the input", (logs) => logs.map((log) => ({ ...log, data: flip(log.data, 70) }))],
    [
      "changes the last byte of a payload",
      (logs) => logs.map((log) => ({ ...log, data: flip(log.data, 64 + 4 + 9 * 32) })),
    ],
    ["moves an input to another block", (logs) => logs.map((log) => ({ ...log, blockNumber: "0x1" }))],
    ["cuts the data short", (logs) => logs.map((log) => ({ ...log, data: log.data.slice(0, -64) as Hex }))],
  ];
  for (const [what, lie] of lies) {
    it(`records nothing from an endpoint that ${what}`, async () => {
      onInputLogs(lie);
      await assert.rejects(follow());
      assert.equal(inputCount(store), 0n);
      assert.equal(checkedBlock(), application.firstBlock - 1n);
      proxy.tamper = ({ answer }) => answer;
      await follow();
      assert.equal(inputCount(store), 3n);
    });
  }

  it("asks an endpoint that takes too long for many blocks for fewer from round to round", async () => {
    const hasty = connectToChain(proxy.url, { timeoutMs: 500 });
    let blocks = 0;
    proxy.inspect = ({ params }) => {
      const { fromBlock, toBlock } = (params[0] ?? {}) as Record<string, Hex>;
      blocks = Number(toBlock) - Number(fromBlock) + 1;
    };
    proxy.takeOver = (method) => method === "eth_getLogs" && blocks > 2;
    const batchLimit = { blocks: 32n };
    const round = () => followChain(hasty, store, application, { safeBlock: "latest", signal, batchLimit });
    await assert.rejects(round(), /took too long/);
    assert.equal(batchLimit.blocks, 8n);
    await assert.rejects(round(), /took too long/);
    await round();
    assert.equal(inputCount(store), 3n);
    assert.equal(checkedBlock(), await world.client.getBlockNumber());
    assert.equal(batchLimit.blocks, createBatchLimit().blocks);
    proxy.heal();
  });

  it("rereads blocks whose logs were omitted the first time", async () => {
    onInputLogs((logs, { params }) => {
      const { toBlock } = params[0] as { toBlock: Hex };
      return logs.filter(({ topics, blockNumber }) => BigInt(topics[2]!) !== 1n || blockNumber > toBlock);
    });
    const followInSmallBatches = () => follow({ batchLimit: { blocks: 1n } });
    const refused = await followInSmallBatches().catch((error: unknown) => error);
    assert.ok(refused instanceof MissingEventsError, String(refused));
    assert.match(refused.message, /expected input 1, received input 2/);
    assert.equal(inputCount(store), 1n);
    deleteEventsAfter(store, refused.after);
    proxy.heal();
    await followInSmallBatches();
    assert.equal(inputCount(store), 3n);
    assert.equal(checkedBlock(), await client.getBlockNumber());
  });

  it("rereads blocks when the input count was too low the first time", async () => {
    proxy.tamper = ({ method, params, answer }) =>
      method === "eth_call" && JSON.stringify(params).includes(GET_NUMBER_OF_INPUTS)
        ? { result: `0x${"00".repeat(32)}` }
        : answer;
    await follow();
    assert.equal(inputCount(store), 0n);
    assert.equal(checkedBlock(), await client.getBlockNumber());
    proxy.heal();
    await world.mine(1);
    const refused = await follow().catch((error: unknown) => error);
    assert.ok(refused instanceof MissingEventsError, String(refused));
    assert.match(refused.message, /the InputBox counts 3 inputs at block \d+, the logs contain 0/);
    deleteEventsAfter(store, refused.after);
    await follow();
    assert.equal(inputCount(store), 3n);
  });

  it("records nothing from a log that names another block's hash", async () => {
    onInputLogs((logs) => logs.map((log, at) => (at === 1 ? { ...log, blockHash: zeroHash } : log)));
    await assert.rejects(follow(), /the log of input 1 refers to block \d+ 0x0{64}/);
    assert.equal(inputCount(store), 0n);
  });

  it("rejects a response about another block than the requested one", async () => {
    proxy.tamper = ({ method, params, answer }) =>
      method === "eth_getBlockByNumber" && params[0] !== "latest"
        ? { result: { ...(answer.result as object), number: "0x1" } }
        : answer;
    await assert.rejects(follow(), /requested block \d+, received number 1,/);
    assert.equal(inputCount(store), 0n);
  });

  it("records nothing when the chain changes while it is read", async () => {
    let blocks = 0;
    proxy.tamper = ({ method, answer }) =>
      method === "eth_getBlockByNumber" && blocks++ > 0
        ? { result: { ...(answer.result as object), hash: `0x${"12".repeat(32)}` } }
        : answer;
    await assert.rejects(follow(), ChainDataError);
    assert.equal(inputCount(store), 0n);
  });

  it("notices that a block it has read is no longer on the chain", async () => {
    const miner = createTestClient({ mode: "hardhat", transport: http(world.rpcUrl) });
    const snapshot = await miner.snapshot();
    await world.send(script.spin(9));
    await follow();
    await miner.revert({ id: snapshot });
    await world.send(script.spin(10));
    await world.mine(2);
    await assert.rejects(follow(), ReorganisedError);
  });

  it("decodes only the canonical encoding of an EvmAdvance", async () => {
    await follow();
    const raw: Hex = `0x${Buffer.from(readInput(store, 0n).raw).toString("hex")}`;
    assert.ok(decodeEvmAdvance(raw));
    for (const changed of [
      "0x",
      raw.slice(0, 8),
      flip(raw, 0),
      `${raw}00`,
      raw.slice(0, -2),
      flip(raw, 4 + 32 + 3),
    ]) {
      assert.equal(decodeEvmAdvance(changed as Hex), undefined, changed);
    }
  });
});

/** Changes one byte. */
function flip(hex: Hex, byte: number): Hex {
  const bytes = Buffer.from(hex.slice(2), "hex");
  bytes[byte]! ^= 0xff;
  return `0x${bytes.toString("hex")}`;
}
