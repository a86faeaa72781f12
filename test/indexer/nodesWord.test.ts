import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { after, afterEach, before, describe, it } from "mocha";
import { type Address, bytesToHex, type Hex, toHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { Contradictions, inputBoxAbi } from "../../abi/index.ts";
import { type Indexer, startIndexer } from "../../indexer/index.ts";
import { type CartenixNode, outputHash, startNode } from "../../machine/node/index.ts";
import { formatDeployment, type VotedDeployment } from "../../protocol/deployments/index.ts";
import { encodeOutput, encodeRecord, encodeReport, type Report } from "../../protocol/index.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { plainRoot } from "../node/support/plainTree.ts";
import { script } from "../node/support/scriptGuest.ts";
import { storeScriptTemplate } from "../node/support/scriptTemplate.ts";
import { createPolicyMaker, member } from "./support/createPolicyMaker.ts";
import { createRestClient, type RestClient } from "./support/restClient.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
/** How long an answer may take of whatever a node does. */
const PATIENT_MS = 6_000;

interface Word {
  source: string;
  problem: string | null;
  status: string | null;
  reason: string | null;
  machineHash: string | null;
  epochStatus: string | null;
  log: { drvPath: string; end: string } | null;
  outputs: {
    outputIndex: string;
    type: string;
    destination: string | null;
    rawData: string | null;
    executedIn: string | null;
    proof: object | null;
    check: { to: Address; calldata: Hex } | null;
  }[];
  outputsCount: number;
}

interface Answer {
  status: string;
  steps: { step: string }[];
  node: Word | null;
}

describe("a node's word in the indexer's answers", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: VotedDeployment;
  let node: CartenixNode;
  let indexer: Indexer;
  let rest: RestClient;
  let between: ServerType;
  let folder: string;
  /** What comes instead of the node's answer to a method. */
  let instead: ((method: string, answer: Record<string, unknown>) => Response | object) | undefined;

  const built = helloOutput("built");
  const voucher = () =>
    encodeOutput({
      ...{ type: "Voucher", destination: deployment.registry, value: 0n },
      payload: encodeRecord({ inputIndex: 0n, outputs: [built] }),
    });
  const report = (value: Report) => script.report(toHex(encodeReport(value)));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-word-"));
    const templateDirectory = join(folder, "template");
    const templateHash = await storeScriptTemplate(templateDirectory);
    rollup = await startRollup();
    deployment = await rollup.deploy(templateHash);
    node = await startNode({
      ...{ rpcUrl: rollup.chain.rpcUrl, application: deployment.application, templateDirectory },
      ...{ dataDirectory: join(folder, "data"), pollMs: 50 },
      claimerKey: bytesToHex(mnemonicToAccount(MNEMONIC).getHdKey().privateKey!),
    });
    const url = await standBetween();
    indexer = await startIndexer({
      settings: {
        chains: [
          {
            rpcUrls: [rollup.chain.rpcUrl],
            deployments: [formatDeployment(deployment)],
            pollingInterval: 100,
            nodes: [{ url, application: deployment.application }],
          },
        ],
        database: { kind: "pglite", directory: join(folder, "pglite") },
        substituter: { directory: join(folder, "nars") },
      },
    });
    rest = await createRestClient(indexer.url);
    await send(
      script.of(
        report({ kind: "log", drvPath: built.drvPath, text: "checking for gcc\n" }),
        report({ kind: "log", drvPath: built.drvPath, text: "done\n" }),
        script.output(voucher()),
        script.accept(plainRoot([outputHash(voucher())])),
      ),
    );
    await send(
      script.of(
        report({ kind: "log", drvPath: built.drvPath, text: "no compiler\n" }),
        report({ kind: "error", message: "build: the builder failed" }),
        script.reject(),
      ),
    );
  });

  after(async () => {
    await indexer?.stop();
    await node?.stop();
    between?.close();
    await rollup?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(() => {
    instead = undefined;
  });

  /** A way to the node on which its answers can be changed. */
  async function standBetween(): Promise<string> {
    const app = new Hono();
    app.post("/rpc", async (c) => {
      const call = (await c.req.json()) as { method: string };
      const response = await fetch(`${node.url}/rpc`, { method: "POST", body: JSON.stringify(call) });
      const answer = (await response.json()) as Record<string, unknown>;
      const changed = instead?.(call.method, answer) ?? answer;
      return changed instanceof Response ? changed : c.json(changed);
    });
    between = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
    await new Promise((resolve) => between.once("listening", resolve));
    return `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
  }

  async function send(payload: Uint8Array): Promise<void> {
    await rollup.write(deployment.claimer, {
      address: deployment.inputBox,
      abi: inputBoxAbi,
      functionName: "addInput",
      args: [deployment.application, bytesToHex(payload)],
    });
    await rollup.client.mine({ blocks: 1 });
  }

  const pathOf = (input: number) =>
    `/v1/chains/31337/applications/${deployment.application.toLowerCase()}/requests/${input}`;
  const ask = (input: number) => rest.get<Answer>(pathOf(input));
  const wordOn = async (input: number) => {
    const response = await fetch(`${indexer.url}${pathOf(input)}`);
    return response.ok ? (await ask(input)).node : null;
  };

  it("tells why a request was rejected, which the chain does not know", async () => {
    await untilEqual(async () => (await wordOn(1))?.status, "REJECTED");
    const { status, node: word } = await ask(1);
    assert.notEqual(status, "executed");
    assert.equal(word!.source, "node");
    assert.equal(word!.reason, "build: the builder failed");
    assert.deepEqual(word!.log, { drvPath: built.drvPath, end: "no compiler\n" });
    assert.deepEqual(word!.outputs, []);
    assert.equal(word!.machineHash, node.status().machineHash);
  });

  it("has outputs that nobody has executed yet, with proofs that the chain accepts", async () => {
    await untilEqual(async () => (await wordOn(0))?.epochStatus, "CLAIM_ACCEPTED");
    const { status, node: word } = await ask(0);
    assert.equal(status, "accepted");
    assert.deepEqual([word!.status, word!.outputsCount, word!.outputs.length], ["ACCEPTED", 1, 1]);
    assert.deepEqual(word!.log, { drvPath: built.drvPath, end: "checking for gcc\ndone\n" });
    const [output] = word!.outputs;
    assert.equal(output!.rawData, voucher());
    assert.equal(output!.destination, deployment.registry.toLowerCase());
    assert.equal(output!.executedIn, null);
    const { to, calldata } = output!.check!;
    await rollup.client.call({ to, data: calldata });
    const forged = `${calldata.slice(0, -1)}${calldata.endsWith("0") ? "1" : "0"}` as Hex;
    await assert.rejects(rollup.client.call({ to, data: forged }));
  });

  it("has the log of a build of which a policy accepts an output, marked as what it is", async () => {
    const { makePolicy } = createPolicyMaker(rollup, deployment);
    const policy = await makePolicy({
      ...{ threshold: 1, contradictions: Contradictions.Refuse },
      members: [member(deployment.application)],
    });
    const place = `${indexer.url}/cache/31337/${policy}/log/${built.drvPath.slice("/nix/store/".length)}`;
    await untilEqual(
      async () => (await fetch(`${indexer.url}/cache/31337/${policy}/nix-cache-info`)).status,
      200,
    );
    assert.equal((await fetch(place)).status, 404);
    await rollup.record(deployment.application, deployment.registry, [built], 0n);
    await untilEqual(async () => (await fetch(place)).status, 200);
    const [first, ...rest] = (await (await fetch(place)).text()).split("\n");
    assert.match(first!, /^cartenix: this log is the word of the node of 0x[0-9a-f]{40}; nothing proves it$/);
    assert.deepEqual(rest, ["checking for gcc", "done", ""]);
    instead = () => new Response("no");
    assert.equal((await fetch(place)).status, 404);
  });

  describe("that is none", () => {
    const endless = () =>
      new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) }));
    const silent = () => new Response(new ReadableStream());
    const answering = (result: unknown) => () => ({ jsonrpc: "2.0", id: 1, result });
    const changing = (method: string, field: string, value: unknown) => (asked: string, answer: object) => {
      const text = JSON.stringify(answer);
      const changed = text.replace(
        new RegExp(`"${field}":("[^"]*"|null|\\[[^\\]]*\\])`),
        () => `"${field}":${JSON.stringify(value)}`,
      );
      assert.ok(asked !== method || changed !== text);
      return asked === method ? (JSON.parse(changed) as object) : answer;
    };
    const repeating = (method: string) => (asked: string, answer: Record<string, unknown>) => {
      const result = answer.result as { data: object[] };
      const data = Array.from({ length: 20 }, () => result.data[0]);
      return asked === method ? { ...answer, result: { ...result, data } } : answer;
    };
    const cases: [string, NonNullable<typeof instead>, RegExp][] = [
      ["no answer", silent, /^the node did not answer within 3000 ms$/],
      ["an endless answer", endless, /^the node's answer is longer than \d+ bytes$/],
      ["no JSON", () => new Response("<html>"), /^the node's answer is not JSON$/],
      ["deep JSON", () => new Response("[".repeat(1_000_000)), /^the node's answer is not JSON$/],
      ["another address", () => Response.redirect(`${node.url}/rpc`, 307), /^the node cannot be reached$/],
      [
        "a refusal",
        () => ({ jsonrpc: "2.0", id: 1, error: { code: -1, message: "<b>" } }),
        /^the node refused cartesi_/,
      ],
      ["nothing", answering(null), /is malformed$/],
      ["a list", answering([]), /is malformed$/],
      [
        "an unknown status",
        changing("cartesi_getInput", "status", "PROVEN"),
        /cartesi_getInput is malformed$/,
      ],
      [
        "a short hash",
        changing("cartesi_getInput", "machine_hash", "0x12"),
        /cartesi_getInput is malformed$/,
      ],
      ["another input", changing("cartesi_getInput", "index", "0x1"), /^the node speaks of another input/],
      [
        "another block",
        changing("cartesi_getInput", "block_number", "0x1"),
        /^the node speaks of another input/,
      ],
      [
        "another input's outputs",
        changing("cartesi_listOutputs", "input_index", "0x1"),
        /^the node speaks of another/,
      ],
      ["too many outputs", repeating("cartesi_listOutputs"), /^the node speaks of another input/],
      ["too many reports", repeating("cartesi_listReports"), /is not what was asked for$/],
      [
        "another input's reports",
        changing("cartesi_listReports", "input_index", "0x1"),
        /is not what was asked for$/,
      ],
      [
        "half a byte",
        changing("cartesi_listOutputs", "raw_data", "0x1"),
        /cartesi_listOutputs is malformed$/,
      ],
      [
        "a short proof",
        changing("cartesi_listOutputs", "output_hashes_siblings", []),
        /listOutputs is malformed$/,
      ],
      [
        "a huge index",
        changing("cartesi_listOutputs", "index", `0x${"f".repeat(20)}`),
        /listOutputs is malformed$/,
      ],
    ];

    for (const [name, lie, problem] of cases) {
      it(`is an answer, too, and the chain's part is whole: ${name}`, async () => {
        const { steps } = await ask(0);
        instead = lie;
        const start = performance.now();
        const answer = await ask(0);
        const took = performance.now() - start;
        assert.match(answer.node!.problem!, problem);
        assert.deepEqual(answer.node, { source: "node", problem: answer.node!.problem });
        assert.deepEqual(answer.steps, steps);
        assert.ok(took < PATIENT_MS, `${took} ms`);
      });
    }

    it("keeps nobody waiting who asks about the chain", async () => {
      instead = silent;
      let isOver = false;
      const asked = Array.from({ length: 20 }, async () => {
        const { problem } = (await ask(0)).node!;
        isOver ||= problem === "the node did not answer within 3000 ms";
        return problem!;
      });
      await rest.get(`/v1/outputs?storePath=${encodeURIComponent(built.storePath)}`);
      assert.equal(isOver, false);
      const words = await Promise.all(asked);
      assert.ok(words.some((problem) => problem === "too many questions to nodes are open"));
      assert.ok(words.some((problem) => problem === "the node did not answer within 3000 ms"));
    });

    it("shows no more of a long message than a reader wants, and no long output", async () => {
      instead = (method, answer) => {
        const result = answer.result as { data: object[] };
        if (method === "cartesi_listReports") {
          const raw_data = toHex(encodeReport({ kind: "error", message: "x".repeat(400_000) }));
          return { ...answer, result: { ...result, data: [{ ...result.data[0], raw_data }] } };
        }
        if (method === "cartesi_listOutputs") {
          const raw_data = `0x${"00".repeat(1_000_000)}`;
          return { ...answer, result: { ...result, data: [{ ...result.data[0], raw_data }] } };
        }
        return answer;
      };
      const { node: word } = await ask(0);
      assert.equal(word!.reason!.length, 2_000);
      assert.deepEqual(
        word!.outputs.map(({ type, rawData }) => [type, rawData]),
        [["unknown", null]],
      );
    });

    it("is an answer, too, when the node is gone", async () => {
      between.close();
      (between as unknown as { closeAllConnections(): void }).closeAllConnections();
      assert.equal((await ask(0)).node!.problem, "the node cannot be reached");
    });
  });
});
