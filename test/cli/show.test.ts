import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { after, before, describe, it } from "mocha";
import { encodeFunctionData, toHex } from "viem";
import { applicationAbi } from "../../abi/index.ts";
import { readPinnedTemplate } from "../../machine/image/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { encodeOutput, encodeRecord, encodeReport, formatNarHash } from "../../protocol/index.ts";
import { claimAndExecute } from "../client/support/claimAndExecute.ts";
import { hashOf, helloOutput, type Output } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

describe("cartenix show", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let folder: string;
  let options: string[];
  let liar: Server | undefined;
  let node: Awaited<ReturnType<typeof startNode>>;
  const built = helloOutput("shown");
  const contested = helloOutput("shown-contested");
  const other = { ...contested, narHash: hashOf("another") };

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    folder = await mkdtemp(join(tmpdir(), "cartenix-show-"));
    const file = join(folder, "deployment.json");
    await writeFile(file, formatDeployment(deployment));
    options = ["--rpc-url", rollup.chain.rpcUrl, "--deployment", file];
    await claimAndExecute(rollup, deployment, [built]);
    node = await startNode();
    const { application, registry } = deployment;
    for (let time = 0; time < 12; time++) {
      await rollup.record(application, registry, [contested], 7n);
    }
    await rollup.record(application, registry, [other], 8n);
  });

  after(async () => {
    node?.stop();
    liar?.close();
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  /** A node that says what a test wants of the request: it may be anyone's. */
  async function startNode() {
    const said = { status: "ACCEPTED", message: "fine" };
    const server = createServer(async (request, response) => {
      const { id, method } = (await json(request)) as { id: number; method: string };
      const report = () => toHex(encodeReport({ kind: "info", message: said.message }));
      const results: Record<string, unknown> = {
        cartesi_getInput: {
          data: {
            ...{ index: "0x0", epoch_index: "0x0", block_number: "0x1", status: said.status },
            ...{ machine_hash: null, outputs_hash: null },
          },
        },
        cartesi_listReports: {
          data: [{ input_index: "0x0", raw_data: report() }],
          pagination: { total_count: 1 },
        },
      };
      const error = { code: -32_001, message: "Epoch not found" };
      const answer = method in results ? { result: results[method] } : { error };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return Object.assign(said, { url, stop: () => server.close() });
  }

  it("shows what the voucher says of an output, and when it was recorded", async () => {
    const { exitCode, answer } = await runJson(["show", ...options, built.storePath]);
    assert.equal(exitCode, 0);
    assert.equal(answer.schema, "cartenix.show.v1");
    const [{ application, templateHash, history, output, node }] = answer.applications;
    assert.deepEqual([application, templateHash], [deployment.application, deployment.templateHash]);
    assert.equal(output.drvPath, built.drvPath);
    assert.deepEqual(output.references, built.references);
    assert.equal(node, null);
    assert.deepEqual([history.confirmations, history.conflicts, history.observationCount], ["0", [], 1]);
    const [{ kind, narHash, time, blockNumber }] = history.observations;
    const { timestamp } = await rollup.client.getBlock({ blockNumber: BigInt(blockNumber) });
    assert.deepEqual([kind, narHash, time], ["recorded", formatNarHash(built.narHash), String(timestamp)]);
  });

  it("shows confirmations and conflicts, the first record and the last others", async () => {
    const { exitCode, answer } = await runJson(["show", ...options, contested.storePath]);
    assert.equal(exitCode, 4);
    const [{ history, output }] = answer.applications;
    assert.deepEqual(
      [history.confirmations, history.conflicts, history.observationCount, output],
      ["11", [formatNarHash(other.narHash)], 13, null],
    );
    const kinds = history.observations.map(({ kind }: { kind: string }) => kind);
    assert.deepEqual(kinds, ["recorded", ...new Array(8).fill("confirmed"), "conflicted"]);
  });

  it("says whether the template is the one that this version makes", async () => {
    const pinned = await rollup.deploy((await readPinnedTemplate())!.templateHash);
    for (const [{ application }, isPinned, words] of [
      [deployment, false, /template {3}0x\w{64}, not the one that this version makes/],
      [pinned, true, /template {3}0x\w{64}, which this version makes/],
    ] as const) {
      const trust = ["--trust", application];
      const { answer } = await runJson(["show", ...options, ...trust, built.storePath]);
      assert.equal(answer.applications[0].isPinnedTemplate, isPinned);
      assert.match((await runCartenix(["show", ...options, ...trust, built.storePath])).stdout, words);
    }
  });

  it("shows what an address records that is no application, among others that are", async () => {
    const address = rollup.accounts[6]!;
    await rollup.record(address, deployment.registry, [built], 1n);
    const trust = `1 of (${deployment.application}, ${address}, ${deployment.registry})`;
    const { exitCode, answer } = await runJson(["show", ...options, "--trust", trust, built.storePath]);
    assert.equal(exitCode, 0);
    assert.deepEqual(
      answer.applications.map(
        ({ templateHash, history }: { templateHash: string; history: { observations: [] } }) => [
          templateHash,
          history.observations.length,
        ],
      ),
      [
        [deployment.templateHash, 1],
        [null, 1],
        [null, 0],
      ],
    );
    const { stdout } = await runCartenix(["show", ...options, "--trust", trust, built.storePath]);
    assert.equal(stdout.match(/none: this is no application of Cartesi's/g)?.length, 2);
  });

  it("shows what a node says of the request, and marks it", async () => {
    const { exitCode, answer } = await runJson(["show", ...options, "--node-url", node.url, built.storePath]);
    assert.equal(exitCode, 0);
    assert.deepEqual(answer.applications[0].node, { processed: "accepted", message: "fine", claim: null });
    const { stdout } = await runCartenix(["show", ...options, "--node-url", node.url, built.storePath]);
    assert.match(stdout, /^ {2}a node says: accepted, fine$/m);
  });

  it("does not ask a node about another application than the deployment's", async () => {
    const { application } = await rollup.deploy();
    const { answer } = await runJson([
      ...["show", ...options, "--node-url", node.url, "--trust", application],
      built.storePath,
    ]);
    assert.equal(answer.applications[0].node, null);
  });

  it("shows what endpoint and node say in a form that cannot control a terminal", async () => {
    node.message = "\u001b]0;owned\u0007\naccepted\u009b1m";
    const url = await startLiar({
      ...built,
      ...{ drvPath: "\u001b[2J\naccepted", outputName: "\u202e", references: ["\u009b2J\raccepted"] },
    });
    const more = ["--rpc-url", url, ...options.slice(2), "--node-url", node.url, built.storePath];
    const text = await runCartenix(["show", ...more]);
    assert.equal(text.exitCode, 0, text.stderr);
    assert.match(text.stdout, /^ {2}built from \\u\{1b\}\[2J\\u\{a\}accepted!\\u\{202e\}$/m);
    assert.match(text.stdout, /^ {2}refers to {2}\\u\{9b\}2J\\u\{d\}accepted$/m);
    assert.match(text.stdout, /^ {2}a node says: accepted, \\u\{1b\}\]0;owned/m);
    const answer = await runCartenix(["show", "--json", ...more]);
    for (const { stdout } of [text, answer]) {
      assert.doesNotMatch(stdout, /[^\P{C}\n]/u);
    }
    node.status = "ACCEPTED\u001b[2J";
    const malformed = await runJson(["show", ...more]);
    assert.deepEqual([malformed.exitCode, malformed.answer.applications[0].node], [0, null]);
  });

  /** An endpoint whose transactions execute a voucher that records `output`. */
  async function startLiar(output: Output): Promise<string> {
    const payload = encodeRecord({ inputIndex: 0n, outputs: [output] });
    const voucher = encodeOutput({
      ...{ type: "Voucher", destination: deployment.registry, value: 0n, payload },
    });
    const input = encodeFunctionData({
      abi: applicationAbi,
      functionName: "executeOutput",
      args: [voucher, { outputIndex: 0n, outputHashesSiblings: [] }],
    });
    liar = createServer(async (request, response) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify(await json(request));
      const answer = await (await fetch(rollup.chain.rpcUrl, { method: "POST", headers, body })).text();
      const isAsked = body.includes("eth_getTransactionByHash");
      response.writeHead(200, headers);
      response.end(isAsked ? answer.replace(/"input":"0x[0-9a-f]*"/, `"input":"${input}"`) : answer);
    });
    await new Promise<void>((resolve) => liar!.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
  }

  it("says all of it in words", async () => {
    const { stdout } = await runCartenix(["show", ...options, contested.storePath]);
    assert.match(stdout, /^ {2}recorded {3}sha256-\S+ by input 7, block \d+ of 20\d\d-\S+Z, transaction 0x/m);
    assert.match(stdout, /^ {2}\(3 more between the first and these\)$/m);
    assert.match(stdout, new RegExp(`conflicts  ${formatNarHash(other.narHash).replaceAll("+", "\\+")}`));
  });

  it("ends with 2 for what nobody recorded", async () => {
    const { exitCode, stdout } = await runCartenix(["show", ...options, helloOutput("never").storePath]);
    assert.equal(exitCode, 2);
    assert.match(stdout, /has not recorded it/);
  });
});
