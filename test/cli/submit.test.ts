import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { bytesToHex, type Hex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { inputBoxAbi } from "../../abi/index.ts";
import { readReports } from "../../client/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { encodeRebuild, encodeReport } from "../../protocol/index.ts";
import { cachePath } from "../../support/index.ts";
import { type StockNode, startStockNode } from "../client/support/startStockNode.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { assertAsks } from "./support/assertAsks.ts";
import { type RunOptions, runCartenix, runJson } from "./support/runCartenix.ts";
import { startSendingProxy } from "./support/startSendingProxy.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const ACCOUNT = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
const KEY = bytesToHex(ACCOUNT.getHdKey().privateKey!);
/** Bytes that do not compress: more than one upload holds. */
const DATA_BYTES = 70_000;
/** Two uploads and the request. */
const INPUTS = 3;

describe("cartenix submit", function () {
  this.timeout(180_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let node: StockNode;
  let proxy: Awaited<ReturnType<typeof startSendingProxy>>;
  let folder: string;
  let made = 0;

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    node = await startStockNode(rollup, deployment);
    proxy = await startSendingProxy(rollup.chain.rpcUrl);
    folder = await mkdtemp(join(tmpdir(), "cartenix-submit-"));
    await writeFile(join(folder, "deployment.json"), formatDeployment(deployment));
  });

  after(async () => {
    proxy?.stop();
    await node?.stop();
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  beforeEach(() => {
    Object.assign(node.state, {
      busy: 0,
      isProcessing: true,
      isRecording: true,
      distort: (_: string, result: unknown) => result,
    });
    Object.assign(proxy.state, { decide: () => "pass", sent: 0 });
  });

  /** A package that nobody has submitted: a derivation and a source of {@link DATA_BYTES}. */
  async function newPackage(name = "tiny"): Promise<string> {
    made += 1;
    const place = join(folder, String(made));
    await mkdir(place);
    await writeFile(join(place, "data"), randomBytes(DATA_BYTES));
    const file = join(place, "default.nix");
    await writeFile(
      file,
      `{ text ? "text" }: derivation { name = "${name}"; system = "riscv64-linux"; builder = "/bin/sh"; inherit text; data = ./data; }`,
    );
    return file;
  }

  const argsOf = (file: string, ...more: string[]) => [
    ...["--rpc-url", proxy.url, "--deployment", join(folder, "deployment.json"), "--node-url", node.url],
    ...[...more, "--", file],
  ];
  const environment = () => ({
    CARTENIX_KEY: KEY,
    XDG_STATE_HOME: join(folder, "state"),
    CARTENIX_CACHE: cachePath(),
  });
  const submit = (file: string, more: string[] = ["--yes", "--wait"], options: RunOptions = {}) =>
    runJson(["submit", ...argsOf(file, ...more)], { environment: environment(), ...options });
  const transactions = () => rollup.client.getTransactionCount({ address: ACCOUNT.address });

  /** Runs `submit` until it is stopped as `stop` arranges, and once more to its end: together they must pay for each input once. */
  async function submitTwice(stop: RunOptions, file?: string) {
    const target = file ?? (await newPackage());
    const before = await transactions();
    const first = await runCartenix(["submit", ...argsOf(target, "--yes", "--wait")], {
      environment: environment(),
      ...stop,
    });
    const between = await transactions();
    Object.assign(proxy.state, { decide: () => "pass" });
    Object.assign(node.state, { isProcessing: true, isRecording: true });
    const second = await submit(target);
    assert.equal(second.exitCode, 0, second.stderr);
    return { first, second, between: between - before, paid: (await transactions()) - before };
  }

  it("shows what it costs, sends it, and waits until the chain has the record", async () => {
    const file = await newPackage();
    const before = await transactions();
    const { exitCode, answer, stderr } = await submit(file);
    assert.equal(exitCode, 0, stderr);
    assert.equal(answer.schema, "cartenix.submit.v1");
    assert.equal(answer.status, "accepted");
    assert.match(answer.findings[0].narHash, /^sha256-/);
    assert.equal(answer.inputs.length, INPUTS);
    assert.match(stderr, /3 inputs, 7\d,\d{3} bytes, about [\d,]+ gas, at most 0\.\d+ ETH, from 0x7099/);
    const spent = answer.inputs.reduce(
      (sum: number, { gasUsed }: { gasUsed: string }) => sum + Number(gasUsed),
      0,
    );
    assert.ok(Math.abs(Number(answer.cost.gas) / spent - 1) < 0.05, `${answer.cost.gas} and ${spent}`);
    assert.equal((await transactions()) - before, INPUTS);

    const again = await submit(file);
    assert.deepEqual([again.exitCode, again.answer.status, again.answer.inputs], [0, "accepted", []]);
    assert.equal((await transactions()) - before, INPUTS);
    assert.deepEqual(await readdir(join(folder, "state", "cartenix", "requests")), []);
  });

  it("ends as pending without --wait, and goes on from there", async () => {
    node.state.isRecording = false;
    const file = await newPackage();
    const before = await transactions();
    const first = await submit(file, ["--yes"]);
    assert.deepEqual([first.exitCode, first.answer.status], [3, "pending"]);
    const second = await submit(file, ["--yes"]);
    assert.deepEqual([second.exitCode, second.answer.inputIndex], [3, first.answer.inputIndex]);
    assert.equal((await transactions()) - before, INPUTS);
  });

  for (const [signal, stage] of [
    ["SIGINT", "evaluate"],
    ["SIGKILL", "what the machine lacks"],
    ["SIGINT", "uploads of an earlier run"],
  ] as const) {
    it(`goes on when ${signal} comes after: ${stage}`, async () => {
      const interruptAt = { text: new RegExp(`✓ ${stage}`), signal };
      const { first, between, paid } = await submitTwice({ interruptAt });
      assert.equal(first.exitCode, signal === "SIGINT" ? 130 : null, first.stderr);
      assert.ok(between <= 1, `${between} transactions`);
      assert.equal(paid, INPUTS);
    });
  }

  for (const [signal, what, fate, arrived] of [
    ["SIGKILL", "before it reaches the chain", "drop", 1],
    ["SIGKILL", "when the chain has it already", "swallow", 2],
    ["SIGINT", "when the chain has it already", "swallow", 2],
  ] as const) {
    it(`pays nothing twice when ${signal} comes while a transaction is sent, ${what}`, async () => {
      let child: ChildProcess;
      proxy.state.decide = (count) => {
        if (count !== 2) {
          return count > 2 ? "drop" : "pass";
        }
        child.kill(signal);
        return fate;
      };
      const { between, paid } = await submitTwice({
        onStart: (started) => {
          child = started;
        },
      });
      assert.deepEqual([between, paid], [arrived, INPUTS]);
    });
  }

  it("pays nothing twice when Ctrl-C comes while it waits", async () => {
    node.state.isProcessing = false;
    const interruptAt = { text: /✓ send/, signal: "SIGINT" } as const;
    const { first, between, paid } = await submitTwice({ interruptAt });
    assert.equal(first.exitCode, 130);
    assert.deepEqual([between, paid], [INPUTS, INPUTS]);
  });

  it("pays nothing twice when it runs twice at the same time", async () => {
    const file = await newPackage();
    const before = await transactions();
    const runs = await Promise.all([submit(file), submit(file)]);
    assert.deepEqual(
      runs.map(({ exitCode }) => exitCode),
      [0, 0],
    );
    assert.equal((await transactions()) - before, INPUTS);
  });

  it("finds its uploads on the chain when what it kept is lost", async () => {
    const file = await newPackage();
    let child: ChildProcess;
    proxy.state.decide = (count) => {
      if (count === 3) {
        child.kill("SIGKILL");
      }
      return count < 3 ? "pass" : "drop";
    };
    const lose = (started: ChildProcess) => {
      child = started;
      started.once("close", () => void rm(join(folder, "state"), { recursive: true, force: true }));
    };
    const { between, paid } = await submitTwice({ onStart: lose }, file);
    assert.deepEqual([between, paid], [2, INPUTS]);
  });

  it("uploads again what the machine has lost", async () => {
    const file = await newPackage();
    const before = await transactions();
    node.machine.loseNextBundle();
    const lost = await submit(file);
    assert.deepEqual([lost.exitCode, lost.answer.code], [10, "MACHINE_REFUSED"]);
    assert.match(lost.answer.message, /was not uploaded: upload it first/);
    const again = await submit(file);
    assert.equal(again.exitCode, 0, again.stderr);
    assert.equal((await transactions()) - before, 2 * INPUTS);
  });

  it("ends with the last lines of the log when the build fails, and sends only the request again", async () => {
    const file = await newPackage("failing");
    const { exitCode, stderr } = await runCartenix(["submit", ...argsOf(file, "--yes", "--wait")], {
      environment: environment(),
    });
    assert.equal(exitCode, 10);
    assert.match(
      stderr,
      /rejected the request: build: the builder for '\S+-failing\.drv' failed with exit code 3/,
    );
    assert.match(
      stderr,
      /the log ends with\n {4}line 40 \[31m\n(?: {4}line \d+ \[31m\n)+ {4}line 59 \[31m\n {2}what to do: mend the build/,
    );
    assert.ok(!stderr.includes("\x1b"));
    const before = await transactions();
    const again = await submit(file);
    assert.deepEqual([again.exitCode, again.answer.code], [10, "BUILD_FAILED"]);
    assert.equal((await transactions()) - before, 1);
  });

  it("asks on a terminal, and sends only after a yes", async () => {
    const file = await newPackage();
    const before = await transactions();
    const { exitCode, shown } = await assertAsks(["submit", ...argsOf(file)], {
      environment: environment(),
      question: /Send 3 inputs\? \[y\/N\]/,
      refusedExitCode: 10,
      assertNothingDone: async () => assert.equal(await transactions(), before),
    });
    assert.equal(exitCode, 3, shown);
    assert.equal((await transactions()) - before, INPUTS);
  });

  it("needs a terminal or --yes", async () => {
    const { exitCode, answer } = await submit("unused.nix", []);
    assert.deepEqual([exitCode, answer.code], [10, "NOT_CONFIRMED"]);
  });

  for (const [what, key, code] of [
    ["no key", "", "MISSING_SETTING"],
    ["half a key", KEY.slice(0, 40), "KEY"],
    ["a key that is none of the curve", `0x${"ff".repeat(32)}`, "KEY"],
  ] as const) {
    it(`says what is wrong with ${what}, and never repeats it`, async () => {
      const run = await submit("unused.nix", ["--yes"], {
        environment: { ...environment(), CARTENIX_KEY: key },
      });
      assert.deepEqual([run.exitCode, run.answer.code], [10, code]);
      assert.ok(key === "" || !JSON.stringify([run.answer, run.stderr]).includes(key.slice(2, 20)));
    });
  }

  it("reads the key from a file", async () => {
    const keyFile = join(folder, "key");
    await writeFile(keyFile, `${KEY.slice(2)}\n`);
    const file = await newPackage();
    const options = { environment: { ...environment(), CARTENIX_KEY: "" } };
    const { exitCode } = await submit(file, ["--yes", "--key-file", keyFile], options);
    assert.equal(exitCode, 3);
  });

  it("refuses before it sends anything when the account cannot pay for all", async () => {
    const poor: Hex = `0x${"11".repeat(32)}`;
    const file = await newPackage();
    const run = await submit(file, ["--yes"], { environment: { ...environment(), CARTENIX_KEY: poor } });
    assert.deepEqual([run.exitCode, run.answer.code], [10, "INSUFFICIENT_FUNDS"]);
  });

  describe("and what follows it", () => {
    let file: string;
    let drvPath: string;
    let inputIndex: string;
    let storePath: string;

    before(async () => {
      file = await newPackage("followed");
    });

    const about = (name: string, subject: string, ...more: string[]) =>
      runJson([name, ...argsOf(subject, ...more)], { environment: environment() });

    it("status tells that a request waits for the machine, and log that there is none", async () => {
      node.state.isProcessing = false;
      ({ drvPath, inputIndex } = (await submit(file, ["--yes"])).answer);
      for (const subject of [drvPath, inputIndex]) {
        const { exitCode, answer } = await about("status", subject);
        assert.deepEqual([exitCode, answer.status, answer.drvPath], [3, "pending", drvPath]);
        assert.deepEqual([answer.request.inputIndex, answer.request.sender], [inputIndex, ACCOUNT.address]);
        assert.deepEqual(answer.node, { processed: null, message: null, claim: null });
      }
      const { exitCode } = await about("rebuild", drvPath, "--yes");
      assert.equal(exitCode, 10);
    });

    it("status tells what the node says, and marks it, until the chain has the record", async () => {
      node.state.isRecording = false;
      const run = await runCartenix(["status", ...argsOf(drvPath)], { environment: environment() });
      assert.equal(run.exitCode, 3, run.stderr);
      assert.match(run.stdout, /processed {2}accepted \(says the node\)/);
      assert.match(run.stdout, /recorded {3}out: not yet/);
      node.state.isRecording = true;
      const { answer } = await submit(file);
      storePath = answer.outputs[0].path;
      for (const subject of [drvPath, inputIndex, storePath]) {
        const recorded = await about("status", subject);
        assert.deepEqual([recorded.exitCode, recorded.answer.status], [0, "accepted"], subject);
        assert.equal(recorded.answer.request.inputIndex, inputIndex);
        assert.equal(recorded.answer.outputs[0].narHash, answer.findings[0].narHash);
      }
    });

    it("status needs no node", async () => {
      const args = ["--rpc-url", proxy.url, "--deployment", join(folder, "deployment.json"), "--", drvPath];
      const { exitCode, answer } = await runJson(["status", ...args]);
      assert.deepEqual([exitCode, answer.status, answer.node], [0, "accepted", null]);
    });

    it("status does not believe a node that says that something is built", async () => {
      const other = `/nix/store/${"0".repeat(32)}-other.drv`;
      const outputs = [{ name: "out", path: storePath, narHash: "ab".repeat(32), narSize: 1 }];
      const report = { kind: "build", drvPath: other, inputIndex: Number(inputIndex), outputs } as const;
      node.state.distort = (method, result) =>
        method === "inspect"
          ? { status: "Accepted", reports: [{ payload: bytesToHex(encodeReport(report)) }] }
          : result;
      const { exitCode, answer } = await about("status", other);
      assert.deepEqual([exitCode, answer.status, answer.request], [2, "unknown", null]);
    });

    it("log prints a build's log, of a derivation and of a request", async () => {
      for (const subject of [drvPath, inputIndex]) {
        const { exitCode, answer } = await about("log", subject);
        assert.deepEqual([exitCode, answer.log], [0, "built\n"]);
      }
      const { exitCode, answer } = await about("log", "4000");
      assert.deepEqual([exitCode, answer.code], [10, "REQUEST_NOT_FOUND"]);
    });

    it("asks a busy node again, and gives up on one that stays busy", async () => {
      node.state.busy = 3;
      assert.equal((await about("log", drvPath)).exitCode, 0);
      node.state.busy = 1_000;
      const { exitCode, answer } = await about("log", drvPath);
      assert.deepEqual([exitCode, answer.code], [11, "NODE_ANSWER"]);
    });

    it("cost tells what would be sent, and needs no key", async () => {
      const { exitCode, answer } = await runJson(["cost", ...argsOf(await newPackage())], {
        environment: { CARTENIX_CACHE: cachePath() },
      });
      assert.equal(exitCode, 0);
      assert.deepEqual([answer.inputs, answer.paths], [INPUTS, 2]);
      assert.ok(BigInt(answer.cost.wei) > 0n);
    });

    it("rebuild confirms the record, of a path and of a derivation, each for one transaction", async () => {
      for (const subject of [drvPath, storePath]) {
        const paid = await transactions();
        const { exitCode, answer, stderr } = await about("rebuild", subject, "--yes", "--wait");
        assert.equal(exitCode, 0, stderr);
        assert.deepEqual([answer.status, answer.isSame], ["accepted", true]);
        assert.equal((await transactions()) - paid, 1);
      }
      const pending = await about("rebuild", drvPath, "--yes");
      const paid = await transactions();
      const result = await about("rebuild", drvPath, "--yes", "--wait");
      assert.deepEqual([pending.exitCode, result.exitCode, await transactions()], [3, 0, paid]);
    });

    it("rebuild does not call accepted what was contradicted before", async () => {
      const { application, registry } = deployment;
      const contradicting = helloOutput("contradicting", { storePath, drvPath });
      await rollup.record(application, registry, [contradicting]);
      const { exitCode, answer, stderr } = await about("rebuild", drvPath, "--yes", "--wait");
      assert.deepEqual([exitCode, answer.status], [4, "policyNotMet"], stderr);
    });

    it("status shows what a stranger requests, or a node says, in a form that cannot control a terminal", async () => {
      const hostile = "\u001b[2J\naccepted\u009b2J";
      await rollup.write(rollup.accounts[5]!, {
        ...{ address: deployment.inputBox, abi: inputBoxAbi, functionName: "addInput" },
        args: [deployment.application, encodeRebuild({ drvPath: hostile })],
      });
      const index = await rollup.client.readContract({
        ...{ address: deployment.inputBox, abi: inputBoxAbi, functionName: "getNumberOfInputs" },
        args: [deployment.application],
      });
      const outputs = [{ name: hostile, path: hostile, narHash: "ab".repeat(32), narSize: 1 }];
      node.state.distort = (method, result) => {
        const report = { kind: "build", drvPath: hostile, inputIndex: 0, outputs } as const;
        return method === "inspect"
          ? { status: "Accepted", reports: [{ payload: bytesToHex(encodeReport(report)) }] }
          : result;
      };
      const run = await runCartenix(["status", ...argsOf(String(index - 1n))], {
        environment: environment(),
      });
      assert.match(run.stdout, /^(?:unknown|pending) {2}\\u\{1b\}\[2J\\u\{a\}accepted/);
      assert.match(run.stdout, /recorded {3}out: not yet/);
      assert.doesNotMatch(run.stdout + run.stderr, /[^\P{C}\n]/u);
    });
  });

  describe("within the stock node's limits", () => {
    const post = async (body: unknown) => {
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${node.url}/rpc`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      return { status: response.status, text: await response.text() };
    };
    const listing = (limit: number, id = 1) => ({
      ...{ jsonrpc: "2.0", id, method: "cartesi_listReports" },
      params: { application: deployment.application, input_index: "0x0", limit },
    });
    const listings = (count: number, limit: number) =>
      Array.from({ length: count }, (_, id) => listing(limit, id));

    for (const [what, body, isTaken] of [
      ["100 calls", () => listings(100, 100), true],
      ["101 calls", () => listings(101, 1), false],
      ["a list of 10,000 entries", () => listing(10_000), true],
      ["a list of 10,001 entries", () => listing(10_001), false],
      ["lists of 10,001 entries together", () => [...listings(9, 1_000), listing(1_001)], false],
    ] as const) {
      it(`the server of this test ${isTaken ? "takes" : "refuses"} ${what}`, async () => {
        const { text } = await post(body());
        assert.equal(/exceeds the limits/.test(text), !isTaken, text.slice(0, 200));
      });
    }

    it("and refuses a body of more than 1 MiB", async () => {
      assert.equal((await post("x".repeat(1024 * 1024))).status, 413);
    });

    it("a log of more reports than those is read to its end", async () => {
      const pieces = 10_050;
      const file = await newPackage();
      node.machine.splitNextLog(pieces);
      const { exitCode, answer } = await submit(file);
      assert.equal(exitCode, 0);
      const machine = { nodeUrl: node.url, application: deployment.application };
      let count = 0;
      for await (const report of readReports(machine, { inputIndex: BigInt(answer.inputIndex) })) {
        assert.equal(report.kind, "log");
        count += 1;
      }
      assert.equal(count, pieces);
    });
  });

  for (const [what, method, lie, code] of [
    ["an unknown report", "inspect", { status: "Accepted", reports: [{ payload: "0x00" }] }, "NODE_ANSWER"],
    ["an input without fields", "cartesi_getInput", { data: {} }, "NODE_ANSWER"],
    [
      "an empty list",
      "cartesi_listOutputs",
      { data: [], pagination: { total_count: 1e9, limit: 1, offset: 0 } },
      "accepted",
    ],
  ] as const) {
    it(`withstands a node that answers with ${what}`, async () => {
      const file = await newPackage();
      node.state.distort = (asked, result) => (asked === method ? lie : result);
      const { exitCode, answer } = await submit(file);
      assert.deepEqual(
        [exitCode, answer.code ?? answer.status],
        code === "accepted" ? [0, code] : [11, code],
      );
    });
  }
});
