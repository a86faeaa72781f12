import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Hex, hexToBigInt, keccak256, numberToHex } from "viem";
import { iConsensusAbi } from "../../abi/index.ts";
import { connectToChain } from "../../machine/node/chain/connectToChain.ts";
import { describeFault } from "../../machine/node/chain/describeFault.ts";
import { readHead } from "../../machine/node/chain/followChain.ts";
import { type CartenixNode, EndpointError } from "../../machine/node/index.ts";
import { recordLog } from "./support/recordLog.ts";
import { script } from "./support/scriptGuest.ts";
import { type FaultyProxy, startProxy, type TakeOver } from "./support/startProxy.ts";
import { notice, startWorld, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

const TIMEOUT_MS = 1_000;
const json = { "content-type": "application/json" };

/** What the endpoint does to every request, and how the node must classify it. */
const FAULTS: [what: string, fault: string, reason: RegExp, takeOver: TakeOver][] = [
  ["never answers", "timeout", /no response in time/, () => true],
  [
    "sends its headers and then nothing",
    "timeout",
    /no response in time/,
    (_, response) => {
      response.writeHead(200, json).write('{"jsonrpc"');
      return true;
    },
  ],
  [
    "answers too late",
    "timeout",
    /no response in time/,
    (_, response) => {
      setTimeout(() => response.writeHead(200, json).end("{}"), 3 * TIMEOUT_MS);
      return true;
    },
  ],
  [
    "limits the rate, and asks for a pause of an hour",
    "http",
    /^HTTP 429/,
    (_, response) => Boolean(response.writeHead(429, { "retry-after": "3600" }).end("slow down")),
  ],
  [
    "responds with an internal error",
    "http",
    /^HTTP 500/,
    (_, response) => Boolean(response.writeHead(500).end("oops")),
  ],
  [
    "serves a web page",
    "malformed",
    /invalid JSON/,
    (_, response) =>
      Boolean(
        response.writeHead(200, { "content-type": "text/html" }).end("<html>\n<body>hello</body></html>"),
      ),
  ],
  [
    "truncates its responses",
    "malformed",
    /invalid JSON/,
    (_, response) =>
      Boolean(response.writeHead(200, json).end('{"jsonrpc":"2.0","id":1,"result":{"number":"0x')),
  ],
  [
    "answers with an unrelated result",
    "contradiction",
    /requested block .*, received number/,
    (_, response) => Boolean(response.writeHead(200, json).end('{"jsonrpc":"2.0","id":1,"result":{"a":1}}')),
  ],
  [
    "has no blocks",
    "contradiction",
    /no latest block/,
    (_, response) => Boolean(response.writeHead(200, json).end('{"jsonrpc":"2.0","id":1,"result":null}')),
  ],
  [
    "refuses requests",
    "refused",
    /^-32601: .*we do not serve this/,
    (_, response) =>
      Boolean(
        response
          .writeHead(200, json)
          .end('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"we do not serve this"}}'),
      ),
  ],
  [
    "sends far too much",
    "too-large",
    /exceeded the size limit/,
    (_, response) => {
      response.writeHead(200, { ...json, "content-length": 2 ** 40 });
      return response.write("[".repeat(100_000)) || true;
    },
  ],
  [
    "closes the connection",
    "unreachable",
    /other side closed|ECONNRESET/,
    (_, response) => {
      response.destroy();
      return true;
    },
  ],
];

describe("a node with a faulty endpoint", function () {
  this.timeout(60_000);
  let world: World;
  let proxy: FaultyProxy;
  let node: CartenixNode;
  let inputs = 0n;
  const { log, events, messages } = recordLog();
  const processed = () =>
    until(`${inputs} inputs are processed`, () => node.status().processedInputs === inputs);
  const secretUrl = () => `${proxy.url}/v1/a-secret-key`;
  const atHead = () =>
    until(
      "it is at the head",
      async () => node.status().checkedBlock === (await world.client.getBlockNumber()),
    );
  const metrics = async () => {
    const text = await (await fetch(`${node.url}/metrics`)).text();
    return {
      claimsWaiting: Number(/^cartenix_claims_waiting (\d+)$/m.exec(text)?.[1]),
      faults: text.match(/^cartenix_rpc_faults_total\{.*\} [1-9]/gm)?.length ?? 0,
    };
  };
  const send = async () => {
    await world.send(world.accepting([notice(numberToHex(inputs, { size: 1 }))], script.count()));
    inputs++;
  };
  /** The first failing round may have begun while the endpoint was still healthy. */
  const warning = (fault: string, reason: RegExp) =>
    until(`the log reports ${fault}`, () =>
      events.find(
        ({ level, fields }) =>
          level === "warn" && fields.fault === fault && reason.test(String(fields.reason)),
      ),
    );

  before(async () => {
    world = await startWorld();
    proxy = await startProxy(world.rpcUrl);
    node = await world.startNode({
      rpcUrl: secretUrl(),
      rpcTimeoutMs: TIMEOUT_MS,
      pollMs: 10,
      safeBlock: "latest",
      log,
    });
    await send();
    await processed();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  for (const [what, fault, reason, takeOver] of FAULTS) {
    it(`names the endpoint and its fault when it ${what}`, async () => {
      proxy.takeOver = takeOver;
      const client = connectToChain(secretUrl(), { timeoutMs: TIMEOUT_MS });
      const error = await readHead(client, "latest").catch((error: unknown) => error);
      const described = describeFault(error, secretUrl());
      assert.equal(described.fault, fault);
      assert.match(described.reason, reason);
      assert.equal(`http://${described.endpoint}`, proxy.url);
      const line = JSON.stringify(described);
      assert.ok(!line.includes("\\n") && !line.includes("secret"), line);
      proxy.heal();
    });
  }

  it("processes every input once while requests fail in various ways", async () => {
    events.length = 0;
    let requests = 0;
    let faults = 0;
    proxy.takeOver = (method, response) => {
      if (++requests % 20 !== 0 || faults === FAULTS.length) {
        return false;
      }
      faults += 2; // half of them, in half the time
      return FAULTS[faults - 1]![3](method, response);
    };
    for (let count = 0; count < 4; count++) {
      await send();
    }
    await until("everything has failed once", () => faults === FAULTS.length);
    await processed();
    proxy.heal();
    assert.ok(messages().includes("reading the chain failed"));
    const taken = events
      .filter(({ message }) => message === "input processed")
      .map(({ fields }) => fields.input);
    assert.deepEqual(taken, [...new Set(taken)]);
    const { faults: counted } = await metrics();
    assert.ok(counted >= 3, `${counted} kinds were counted`);
  });

  it("retries less and less often while the endpoint is unavailable, and still stops at once", async () => {
    events.length = 0;
    proxy.takeOver = () => true;
    const pauses = () => events.map(({ fields }) => fields.retryInMilliseconds as number).filter(Boolean);
    await until("it has failed twice", () => pauses().length === 2);
    assert.equal(pauses()[1], 2 * pauses()[0]!);
    const stoppedAt = performance.now();
    await node.stop();
    assert.ok(performance.now() - stoppedAt < TIMEOUT_MS);
    await assert.rejects(
      world.startNode({ rpcUrl: proxy.url, rpcTimeoutMs: TIMEOUT_MS, log }),
      (error) => error instanceof EndpointError && /127.0.0.1:\d+: timeout/.test(error.message),
    );
    proxy.heal();
    node = await world.startNode({
      rpcUrl: proxy.url,
      rpcTimeoutMs: TIMEOUT_MS,
      pollMs: 10,
      safeBlock: "latest",
      log,
    });
  });

  it("rolls nothing back for an endpoint whose head alternates between two chains", async () => {
    events.length = 0;
    let flips = 0;
    proxy.tamper = ({ method, params, answer }) => {
      if (method !== "eth_getBlockByNumber" || params[0] !== "latest" || flips++ % 2 === 0) {
        return answer;
      }
      return { result: { ...(answer.result as object), hash: `0x${"34".repeat(32)}` } };
    };
    await warning("contradiction", /block \d+ was 0x(34){32} in one response, 0x[0-9a-f]{64} in the next/);
    await send();
    proxy.heal();
    await processed();
    assert.ok(!messages().includes("the chain was reorganised"));
  });

  it("rejects a head whose parent is not the block before it", async () => {
    events.length = 0;
    await until(
      "it is at the head",
      async () => node.status().checkedBlock === (await world.client.getBlockNumber()),
    );
    proxy.tamper = ({ method, params, answer }) =>
      method === "eth_getBlockByNumber" && params[0] === "latest"
        ? { result: { ...(answer.result as object), parentHash: `0x${"56".repeat(32)}` } }
        : answer;
    await send();
    await warning("contradiction", /the parent of block \d+ is 0x(56){32}/);
    assert.equal(node.status().processedInputs, inputs - 1n);
    proxy.heal();
    await processed();
  });

  it("recovers from a block that never existed", async () => {
    events.length = 0;
    await atHead();
    const first = (await world.client.getBlockNumber()) + 1n;
    const hashOf = (number: bigint) => keccak256(numberToHex(number));
    proxy.tamper = ({ method, answer }) => {
      const block = answer.result as { number: Hex; parentHash: Hex } | null;
      if (method !== "eth_getBlockByNumber" || block === null || hexToBigInt(block.number) < first) {
        return answer;
      }
      const number = hexToBigInt(block.number);
      const parentHash = number === first ? block.parentHash : hashOf(number - 1n);
      return { result: { ...block, hash: hashOf(number), parentHash } };
    };
    await world.mine(1);
    await until("it has accepted the false block", () => node.status().checkedBlock >= first);
    proxy.heal();
    await send();
    await processed();
    assert.ok(messages().includes("the chain was reorganised"));
  });

  it("has neither lost nor repeated anything in the end", async () => {
    const other = await world.startNode({ dataDirectory: `${world.folder}/other`, claimerKey: undefined });
    await until("an undisturbed node has caught up", () => other.status().processedInputs === inputs);
    assert.equal(node.status().machineHash, other.status().machineHash);
    await world.endEpoch();
    await until("all is claimed", async () => {
      const claims = await world.client.getContractEvents({
        address: world.deployment.consensus,
        abi: iConsensusAbi,
        eventName: "ClaimSubmitted",
        fromBlock: 0n,
        strict: true,
      });
      const epochs = claims.map(({ args }) => args.lastProcessedBlockNumber);
      assert.deepEqual(epochs, [...new Set(epochs)]);
      return epochs.length > 0 && (await metrics()).claimsWaiting === 0;
    });
  });
});
