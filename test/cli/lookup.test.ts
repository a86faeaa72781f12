import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { Address } from "viem";
import { Contradictions } from "../../abi/index.ts";
import { parseStorePath } from "../../nix/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { pathKeyOf } from "../../trust/index.ts";
import { hashOf, helloOutput } from "../contracts/support/sampleOutputs.ts";
import { createPolicyMaker, member } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

describe("cartenix lookup", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let folder: string;
  let file: string;
  let rpcUrl: string;
  let second: Address;
  let policy: Address;
  let liar: Server;
  let requests = 0;

  const both = helloOutput("recorded-by-both");
  const one = helloOutput("recorded-by-one");
  const contested = helloOutput("contested");
  const missing = helloOutput("missing");
  const divided = helloOutput("divided");

  before(async () => {
    rollup = await startRollup();
    rpcUrl = rollup.chain.rpcUrl;
    deployment = await rollup.deploy();
    folder = await mkdtemp(join(tmpdir(), "cartenix-cli-"));
    file = join(folder, "deployment.json");
    await writeFile(file, formatDeployment(deployment));
    const maker = createPolicyMaker(rollup, deployment);
    const { authority, consensusOrigin } = await maker.makeAuthority();
    second = await maker.makeApplication(authority, consensusOrigin);
    policy = await maker.makePolicy({
      threshold: 2,
      contradictions: Contradictions.Refuse,
      members: [member(deployment.application), member(second)],
    });
    await rollup.record(deployment.application, deployment.registry, [both, one, contested]);
    await rollup.record(deployment.application, deployment.registry, [
      { ...contested, narHash: hashOf("another") },
    ]);
    await rollup.record(second, deployment.registry, [both, contested]);
    await rollup.record(deployment.application, deployment.registry, [divided]);
    await rollup.record(second, deployment.registry, [
      { ...divided, storePath: helloOutput("divided otherwise").storePath },
    ]);
    liar = await startLiar();
  });

  after(async () => {
    liar?.close();
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  /** Counts requests, and says that whatever is asked of contracts was never recorded. */
  async function startLiar(): Promise<Server> {
    const server = createServer(async (request, response) => {
      requests += 1;
      let body = "";
      for await (const piece of request) {
        body += piece;
      }
      const answer = await fetch(rpcUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      const text = await answer.text();
      response.setHeader("content-type", "application/json");
      const isLie = request.url === "/lie" && body.includes("eth_call");
      response.end(isLie ? text.replace(/"result":"0x[0-9a-f]{64}/, `"result":"0x${"0".repeat(64)}`) : text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }
  const liarUrl = (path: string) => `http://127.0.0.1:${(liar.address() as AddressInfo).port}${path}`;

  it("prints the hash that an application recorded, and ends with 0", async () => {
    const { exitCode, stdout, stderr } = await runCartenix([
      "lookup",
      ...["--rpc-url", rpcUrl, "--deployment", file],
      one.storePath,
    ]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^accepted {2}${one.storePath}\n {2}sha256-`));
    assert.ok(stdout.includes(formatNarHash(one.narHash)));
  });

  for (const [what, output, exitCode, status, verdict] of [
    ["unknown", missing, 2, "unknown", "notRecorded"],
    ["recorded by too few", one, 4, "policyNotMet", "tooFew"],
    ["in conflict", contested, 4, "policyNotMet", "conflict"],
    ["accepted", both, 0, "accepted", "accepted"],
  ] as const) {
    it(`tells a path that is ${what} by its exit code, of a policy and of the same threshold`, async () => {
      const threshold = `2 of (${deployment.application}, ${second})`;
      for (const trust of [`policy:${policy}`, threshold]) {
        const found = await runJson([
          "lookup",
          ...["--rpc-url", rpcUrl, "--deployment", file, "--trust", trust],
          output.storePath,
        ]);
        assert.equal(found.exitCode, exitCode, trust);
        assert.equal(found.answer.schema, "cartenix.lookup.v1");
        assert.equal(found.answer.status, status);
        assert.equal(found.answer.findings[0].verdict, verdict);
        assert.equal(
          found.answer.findings[0].narHash,
          status === "accepted" ? formatNarHash(output.narHash) : null,
        );
      }
    });
  }

  for (const [what, output, exitCode, verdict] of [
    ["unknown", missing, 2, "notRecorded"],
    ["recorded by too few", one, 4, "tooFew"],
    ["in conflict", contested, 4, "conflict"],
    ["given different paths", divided, 4, "conflict"],
    ["accepted", both, 0, "accepted"],
  ] as const) {
    it(`finds by its derivation an output that is ${what}, of a policy and of the same threshold`, async () => {
      const threshold = `2 of (${deployment.application}, ${second})`;
      for (const trust of [`policy:${policy}`, threshold]) {
        const found = await runJson([
          "lookup",
          ...["--rpc-url", rpcUrl, "--deployment", file, "--trust", trust],
          output.drvPath,
        ]);
        const [finding] = found.answer.findings;
        assert.deepEqual([found.exitCode, finding.verdict], [exitCode, verdict], trust);
        const isAccepted = verdict === "accepted";
        assert.equal(finding.narHash, isAccepted ? formatNarHash(output.narHash) : null);
        assert.equal(finding.pathKey, isAccepted ? pathKeyOf(output.storePath) : null);
      }
    });
  }

  it("asks for the output of a derivation that is named, in two requests", async () => {
    requests = 0;
    const ask = (subject: string) =>
      runCartenix(["lookup", ...["--rpc-url", liarUrl("/"), "--deployment", file], subject]);
    const out = await ask(`${one.drvPath}^out`);
    assert.deepEqual([out.exitCode, requests], [0, 2]);
    assert.ok(
      out.stdout.startsWith(
        `accepted  ${one.drvPath}!out\n  the path whose keccak256 is ${pathKeyOf(one.storePath)}\n`,
      ),
      out.stdout,
    );
    assert.equal((await ask(`${one.drvPath}!dev`)).exitCode, 2);
  });

  it("ends as the worst of several paths does", async () => {
    const { exitCode, answer } = await runJson([
      "lookup",
      ...["--rpc-url", rpcUrl, "--deployment", file],
      ...[one.storePath, contested.storePath, missing.storePath],
    ]);
    assert.equal(exitCode, 4);
    assert.deepEqual(
      answer.findings.map((finding: { status: string }) => finding.status),
      ["accepted", "policyNotMet", "unknown"],
    );
  });

  it("takes two requests", async () => {
    requests = 0;
    const { exitCode } = await runCartenix([
      "lookup",
      ...["--rpc-url", liarUrl("/"), "--deployment", file],
      one.storePath,
    ]);
    assert.deepEqual([exitCode, requests], [0, 2]);
  });

  it("believes no endpoint that another contradicts", async () => {
    const { exitCode, answer } = await runJson([
      "lookup",
      ...["--rpc-url", rpcUrl, "--rpc-url", liarUrl("/lie"), "--deployment", file],
      one.storePath,
    ]);
    assert.equal(exitCode, 11);
    assert.equal(answer.code, "ENDPOINTS_DISAGREE");
    assert.match(answer.details, /\/lie: "0x0{64}/);
  });

  it("refuses another chain than the deployment's", async () => {
    const other = join(folder, "other.json");
    await writeFile(other, formatDeployment({ ...deployment, genesisHash: `0x${"ab".repeat(32)}` }));
    const { exitCode, answer } = await runJson([
      "lookup",
      ...["--rpc-url", rpcUrl, "--deployment", other],
      one.storePath,
    ]);
    assert.deepEqual([exitCode, answer.code], [11, "WRONG_CHAIN"]);
  });

  for (const [what, args, exitCode, message] of [
    ["no path", [], 10, /missing required argument/],
    ["what is no store path", ["/nix/store/x"], 10, /is too short/],
    ["a hash of another length", ["sha256-AAAA"], 10, /is not a sha256 digest/],
    ["a hash by sha512", [`sha512-${"A".repeat(86)}==`], 10, /NAR hashes are by sha256/],
    ["an output with a name that none has", [`${missing.drvPath}^a/b`], 10, /has characters other than/],
    ["nobody to believe", [missing.storePath], 10, /not said whom to believe/],
    ["a malformed authority", ["--trust", "0x12", missing.storePath], 10, /"0x12" is not an address/],
    ["an unknown option", ["--frob", missing.storePath], 10, /unknown option '--frob'/],
    ["a network that is not there", ["--network", "x", missing.storePath], 10, /has no network "x"/],
  ] as const) {
    it(`says what to do about ${what}`, async () => {
      const run = await runCartenix(["lookup", ...args]);
      assert.equal(run.exitCode, exitCode);
      assert.equal(run.stdout, "");
      assert.match(run.stderr, message);
    });
  }

  it("needs an indexer to search for a hash, and says so", async () => {
    for (const subject of [formatNarHash(both.narHash), parseStorePath(both.storePath).digest]) {
      const { exitCode, stderr } = await runCartenix([
        "lookup",
        ...["--rpc-url", rpcUrl, "--deployment", file, "--"],
        subject,
      ]);
      assert.equal(exitCode, 10);
      assert.match(stderr, /a search by hash needs an indexer.*\n.*--indexer-url/);
    }
  });

  it("says which endpoint does not answer", async () => {
    const { exitCode, stderr } = await runCartenix([
      "lookup",
      ...["--rpc-url", "http://127.0.0.1:1", "--trust", second, "--"],
      missing.storePath,
    ]);
    assert.equal(exitCode, 11);
    assert.match(stderr, /no answer from http:\/\/127\.0\.0\.1:1/);
  });

  it("says that there is no registry at an address", async () => {
    const { exitCode, answer } = await runJson([
      "lookup",
      ...["--rpc-url", rpcUrl, "--trust", `policy:${rollup.accounts[3]}`, "--"],
      missing.storePath,
    ]);
    assert.deepEqual([exitCode, answer.code], [11, "NOT_THE_CONTRACT"]);
  });
});
