import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createClient, custom, numberToHex } from "viem";
import { getBlock, getBlockNumber, getLogs } from "viem/actions";
import { agreeingTransport, EndpointsDisagreeError } from "../../client/index.ts";

/** What an endpoint answers to each method. */
type Answers = Readonly<Record<string, unknown>>;

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
