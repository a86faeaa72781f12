import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Address, createClient, custom, encodeEventTopics, numberToHex, parseAbiItem } from "viem";
import { getBlock, getBlockNumber, getLogs } from "viem/actions";
import {
  agreeingTransport,
  ChainUnreachableError,
  EndpointsDisagreeError,
  readLogs,
} from "../../client/index.ts";

/** What an endpoint answers to each method. */
type Answers = Readonly<Record<string, unknown>>;

describe("an endpoint that is asked for events", () => {
  const clientOf = (logs: unknown) =>
    createClient({
      transport: custom({ request: async () => logs }, { retryCount: 0 }),
    });
  const address: Address = `0x${"ab".repeat(20)}`;
  const event = parseAbiItem("event Happened(address indexed by)");
  const happened = {
    ...{
      address,
      topics: encodeEventTopics({ abi: [event], args: { by: address } }),
      data: "0x",
      removed: false,
    },
    ...{ blockNumber: "0x5", blockHash: `0x${"11".repeat(32)}`, transactionIndex: "0x0" },
    ...{ transactionHash: `0x${"22".repeat(32)}`, logIndex: "0x0" },
  };
  const read = (logs: unknown, fromBlock = 1n) =>
    readLogs(clientOf(logs), { address, event, args: { by: address }, fromBlock, toBlock: 9n });

  it("is not asked for blocks that it does not have yet", async () => {
    assert.deepEqual(await read("not asked", 10n), []);
  });

  it("is believed about those alone that it was asked for", async () => {
    assert.equal((await read([happened])).length, 1);
    for (const change of [
      { address: `0x${"cd".repeat(20)}` },
      { blockNumber: "0xa" },
      { blockNumber: null },
      { transactionHash: "0x12" },
      { logIndex: null },
    ]) {
      const log = { ...happened, ...change };
      await assert.rejects(read([happened, log]), ChainUnreachableError, JSON.stringify(change));
    }
    for (const none of ["0x", [null], [{ ...happened, topics: null }]]) {
      await assert.rejects(read(none), ChainUnreachableError, JSON.stringify(none));
    }
  });
});

describe("endpoints that are compared", () => {
  const clientOf = (...all: Answers[]) =>
    createClient({
      transport: agreeingTransport(
        all.map((answers, index) => ({
          name: `endpoint ${index}`,
          transport: custom({ request: async ({ method }) => answers[method] }, { retryCount: 0 }),
        })),
      ),
    });
  const heads = (...numbers: unknown[]) =>
    getBlockNumber(clientOf(...numbers.map((number) => ({ eth_blockNumber: number }))));
  const refusal = (message: RegExp) => (error: unknown) => {
    const found = (error as { walk?: (is: (cause: unknown) => boolean) => unknown }).walk?.(
      (cause) => cause instanceof EndpointsDisagreeError,
    );
    return message.test((found as Error | undefined)?.message ?? String(error));
  };

  it("are read as of the last block that all of them have", async () => {
    assert.equal(await heads(numberToHex(1_000), numberToHex(900), numberToHex(950)), 900n);
  });

  it("cannot lead back to a block before a contradiction", async () => {
    await assert.rejects(heads("0x3e8", "0x383"), refusal(/endpoint 1 is 101 blocks behind/));
  });

  it("must say a number of a block", async () => {
    for (const none of [undefined, null, 5, "0x", "latest", {}, ["0x3e8"]]) {
      await assert.rejects(heads("0x3e8", none), refusal(/endpoint 1 answers eth_blockNumber with/));
    }
  });

  const log = {
    ...{ address: `0x${"aB".repeat(20)}`, topics: [], data: "0x", removed: false },
    ...{ blockNumber: "0x1", blockHash: `0x${"11".repeat(32)}`, transactionIndex: "0x0" },
    ...{ transactionHash: `0x${"22".repeat(32)}`, logIndex: "0x0" },
  };
  const block = { hash: `0x${"33".repeat(32)}`, number: "0x1", timestamp: "0x5", transactions: [] };

  it("agree where one says more than the other, in another order or spelling", async () => {
    const client = clientOf(
      { eth_getLogs: [log], eth_getBlockByNumber: block },
      {
        eth_getLogs: [{ blockTimestamp: "0x5", ...log, address: log.address.toLowerCase() }],
        eth_getBlockByNumber: {
          totalDifficulty: "0x1",
          ...Object.fromEntries(Object.entries(block).reverse()),
        },
      },
    );
    assert.equal((await getLogs(client, {})).length, 1);
    assert.equal((await getBlock(client, { blockNumber: 1n })).timestamp, 5n);
  });

  for (const [what, method, first, second] of [
    ["a time", "eth_getBlockByNumber", block, { ...block, timestamp: "0x6" }],
    ["a log that is missing", "eth_getLogs", [log], []],
    ["a log without its topics", "eth_getLogs", [log], [{ ...log, topics: undefined }]],
    ["an answer that is none", "eth_call", "0x01", null],
  ] as const) {
    it(`disagree about ${what}`, async () => {
      for (const pair of [
        [first, second],
        [second, first],
      ]) {
        const client = clientOf(...pair.map((answer) => ({ [method]: answer })));
        await assert.rejects(
          client.request({ method, params: [] } as never),
          refusal(new RegExp(`two endpoints answer ${method} differently`)),
        );
      }
    });
  }
});
