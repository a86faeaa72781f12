import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { numberToHex } from "viem";
import { EndpointError } from "../../machine/node/index.ts";
import { recordLog } from "./support/recordLog.ts";
import { script } from "./support/scriptGuest.ts";
import { type FaultyProxy, startProxy } from "./support/startProxy.ts";
import { startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("up to which block a node reads", function () {
  this.timeout(60_000);
  let world: World;
  let proxy: FaultyProxy;
  let nodes = 0;
  before(async () => {
    world = await startWorld();
    proxy = await startProxy(world.rpcUrl);
  });
  after(async () => {
    await proxy[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });
  afterEach(() => proxy.heal());
  const start = (options = {}) =>
    world.startNode({ rpcUrl: proxy.url, dataDirectory: `${world.folder}/safe-${nodes++}`, ...options });

  it("is the finalized one for a claimer, and the latest without a key", async () => {
    let finalized = await world.client.getBlock();
    proxy.tamper = ({ method, params, answer }) =>
      method === "eth_getBlockByNumber" && params[0] === "finalized"
        ? {
            result: {
              ...(answer.result as object),
              number: numberToHex(finalized.number),
              hash: finalized.hash,
              parentHash: finalized.parentHash,
            },
          }
        : answer;
    await world.send(script.of(script.report("0x01"), script.reject()));
    const claimer = await start();
    const reader = await start({ claimerKey: undefined });
    await until("the reader has it", () => reader.status().processedInputs === 1n);
    await pause(500);
    assert.equal(claimer.status().inputs, 0n);
    finalized = await world.client.getBlock();
    await until("the claimer has it, too", () => claimer.status().processedInputs === 1n);
    await Promise.all([claimer.stop(), reader.stop()]);
  });

  it("is not guessed by a claimer whose endpoint answers too many requests", async () => {
    proxy.tamper = (call) =>
      call.method === "eth_getBlockByNumber" && call.params[0] === "finalized"
        ? { error: { code: -32005, message: "too many requests" } }
        : call.answer;
    await assert.rejects(
      start(),
      (error) => error instanceof EndpointError && /too many/.test(error.message),
    );
  });

  for (const [what, answer] of [
    ["has none yet", { result: null }],
    ["does not know the word", { error: { code: -32602, message: "invalid block tag" } }],
  ] as const) {
    it(`is the latest for a claimer on a chain that ${what}`, async () => {
      proxy.tamper = (call) =>
        call.method === "eth_getBlockByNumber" && call.params[0] === "finalized" ? answer : call.answer;
      const { log, messages } = recordLog();
      const claimer = await start({ log });
      await until("it has read the input", () => claimer.status().inputs >= 1n);
      assert.ok(messages().some((message) => /^the endpoint names no finalized block/.test(message)));
      await claimer.stop();
    });
  }
});
