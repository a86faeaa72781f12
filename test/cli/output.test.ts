import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { errorExitCode } from "../../cli/output/errorExitCode.ts";
import { ChainUnreachableError, JournalError, NoProofError, ProofDamagedError } from "../../client/index.ts";
import { PathChangedError } from "../../client/store/index.ts";
import { PinnedFileGoneError } from "../../machine/packages/index.ts";
import { InterruptedError, UsageError } from "../../support/index.ts";
import { storePath } from "../contracts/support/sampleOutputs.ts";
import { bundledCommand } from "./support/bundledCommand.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

const APPLICATION = `0x${"12".repeat(20)}`;
const CONTROL = /[^\P{C}\n]/u;

describe("what cartenix prints", function () {
  this.timeout(120_000);
  let server: Server;
  /** What an endpoint that may be anyone's answers: results by method, or a body. */
  let results: Record<string, unknown> = {};
  let body: { status: number; text: string } | undefined;
  const subject = storePath("asked", "asked");
  const honest = { eth_chainId: "0x1", eth_blockNumber: "0x10", eth_call: "0x" };

  before(async () => {
    server = createServer(async (request, response) => {
      const asked = (await new Response(request as unknown as ReadableStream).json()) as { id: number }[];
      const answers = asked.map(({ id, ...rest }) => ({
        ...{ jsonrpc: "2.0", id },
        result: { ...honest, ...results }[(rest as { method?: string }).method ?? ""],
      }));
      response.writeHead(body?.status ?? 200, { "content-type": "application/json" });
      response.end(body?.text ?? JSON.stringify(answers));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => server?.close());

  const args = () => [
    ...["lookup", "--rpc-url", `http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    ...["--trust", APPLICATION, "--", subject],
  ];

  it("blames the endpoint for whatever that answers", async () => {
    const odd = ["0x", null, "\u001b[2J", `0x${"00".repeat(32)}${"ff".repeat(64)}`];
    const runs = Object.keys(honest).flatMap((method) => odd.map((value) => ({ [method]: value })));
    for (const [index, run] of runs.entries()) {
      results = run;
      const isJson = index % 2 === 0;
      const { exitCode, stdout, stderr } = await runCartenix(isJson ? jsonArgs() : args());
      assert.equal(exitCode, 11, `${JSON.stringify(run)}: ${stderr}`);
      assert.doesNotMatch(stdout + stderr, CONTROL);
      assert.equal(stdout === "", !isJson);
    }
    results = {};
  });

  const jsonArgs = () => {
    const [name, ...rest] = args();
    return [name!, "--json", ...rest];
  };

  it("keeps the words of an endpoint from the terminal", async () => {
    for (const text of [
      "\u001b[2J\u009b2J\u202e",
      '{"jsonrpc":"2.0","error":{"code":1,"message":"\\u001b[2J"}}',
    ]) {
      body = { status: 200, text };
      for (const { exitCode, stdout, stderr } of [await runCartenix(args()), await runCartenix(jsonArgs())]) {
        assert.equal(exitCode, 11);
        assert.doesNotMatch(stdout + stderr, CONTROL);
      }
    }
    body = undefined;
  });

  it("ends as scripts can tell apart, whatever goes wrong", () => {
    for (const [error, exitCode] of [
      [new InterruptedError(), 130],
      [new UsageError("no such option"), 10],
      [new NoProofError("nobody recorded it"), 2],
      [new ChainUnreachableError("no answer"), 11],
      [new PinnedFileGoneError("nix", "2"), 11],
      [new ProofDamagedError("no claim"), 12],
      [new JournalError("what an earlier run kept is damaged"), 12],
      [new PathChangedError("it changed while it was read"), 12],
      [new TypeError("a defect"), 70],
    ] as const) {
      assert.equal(errorExitCode(error), exitCode, error.name);
    }
  });

  for (const [what, wrong] of [
    ["an unknown option", ["lookup", "--json", "--frob", subject]],
    ["an argument that is none", ["lookup", "--json", "hello"]],
    ["a missing argument", ["show", "--json"]],
  ] as const) {
    it(`tells a program of ${what} as of every other error`, async () => {
      const { exitCode, stdout } = await runCartenix(wrong);
      const { schema, code, message } = JSON.parse(stdout);
      assert.deepEqual([exitCode, schema, code], [10, "cartenix.error.v1", "USAGE"]);
      assert.doesNotMatch(message, /^error/);
    });
  }

  /** Runs a command whose output goes where a shell would send it. */
  async function runInto(place: string, environment: Record<string, string> = {}): Promise<number | null> {
    const words = [process.execPath, await bundledCommand(), ...args()].map((word) => `'${word}'`).join(" ");
    const child = spawn("bash", ["-c", `set -o pipefail; ${words} ${place}`], {
      env: { PATH: process.env.PATH, HOME: "/nonexistent", ...environment },
      stdio: "ignore",
    });
    return new Promise((resolve) => child.once("close", resolve));
  }

  it("keeps its verdict where nobody reads it to the end", async () => {
    results = {
      eth_call: `0x${["40", "80", "01", "00", "01", "00"].map((word) => word.padStart(64, "0")).join("")}`,
    };
    const { exitCode, answer } = await runJson(args());
    assert.deepEqual([exitCode, answer.status], [2, "unknown"]);
    assert.equal(await runInto("| true"), 2);
    results = {};
  });

  it("does not end with a verdict where the answer cannot be written", async () => {
    results = {
      eth_call: `0x${["40", "80", "01", "00", "01", "00"].map((word) => word.padStart(64, "0")).join("")}`,
    };
    assert.equal(await runInto("> /dev/full"), 10);
    results = {};
  });
});
