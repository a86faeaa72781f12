import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { Address, Hex } from "viem";
import { Contradictions } from "../../abi/index.ts";
import { readPinnedTemplate } from "../../machine/image/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { createPolicyMaker, member } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

interface Check {
  name: string;
  state: string;
  text: string;
  remedy?: string;
}

describe("cartenix doctor", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let policy: Address;
  let folder: string;
  let config: string;
  let proxy: Server;

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy((await readPinnedTemplate())!.templateHash);
    policy = await createPolicyMaker(rollup, deployment).makePolicy({
      threshold: 1,
      contradictions: Contradictions.Refuse,
      members: [member(deployment.application)],
    });
    folder = await mkdtemp(join(tmpdir(), "cartenix-doctor-"));
    config = join(folder, "config.json");
    proxy = await startProxy();
  });

  after(async () => {
    proxy?.close();
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  /** An endpoint that tells of other blocks at `/lie`, of another chain at `/other`, of a
   * head that there is not at `/ahead`, and is a cache at `/cache`. */
  async function startProxy(): Promise<Server> {
    const server = createServer(async (request, response) => {
      if (request.url === "/cache/nix-cache-info") {
        response.end("StoreDir: /nix/store\n");
        return;
      }
      const body = await new Response(request as unknown as ReadableStream, {}).text();
      const answer = await fetch(rollup.chain.rpcUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      const text = await answer.text();
      response.setHeader("content-type", "application/json");
      response.end(
        request.url === "/lie"
          ? text.replace(/"hash":"0x[0-9a-f]{64}"/, `"hash":"0x${"ab".repeat(32)}"`)
          : request.url === "/other"
            ? text.replace(/"0x7a69"/, '"0x1"')
            : request.url === "/ahead" && body.includes("eth_blockNumber")
              ? text.replace(/"result":"0x[0-9a-f]{1,8}"/g, (one) =>
                  one.includes("0x7a69") ? one : '"result":"0xffffffff"',
                )
              : text,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }
  const at = (path: string) => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${path}`;

  async function doctor(network: Record<string, unknown>) {
    const whole = {
      networks: { here: { rpcUrls: [rollup.chain.rpcUrl], chainId: 31_337, ...network } },
      caches: [at("/cache")],
    };
    await writeFile(config, JSON.stringify(whole));
    const { exitCode, answer } = await runJson(["doctor", "--config", config]);
    const checks = answer.checks as Check[];
    return { exitCode, checks, of: (name: string) => checks.find((check) => check.name === name) };
  }
  const file = async (changes: Partial<Deployment> = {}) => {
    const path = join(folder, "deployment.json");
    await writeFile(path, formatDeployment({ ...deployment, ...changes }));
    return path;
  };

  it("finds nothing wrong where nothing is", async () => {
    const { exitCode, checks, of } = await doctor({
      deployment: await file(),
      rpcUrls: [rollup.chain.rpcUrl, at("")],
    });
    assert.deepEqual(
      checks.filter(({ state }) => state === "wrong"),
      [],
    );
    assert.equal(exitCode, 0);
    assert.match(of(deployment.application)!.text, /of the template that this version makes/);
    assert.match(of("registry")!.text, /version \d/);
    assert.equal(of(at("/cache"))!.state, "fine");
  });

  it("approves of a policy that the factory made", async () => {
    const { exitCode, of } = await doctor({ trust: `policy:${policy}` });
    assert.equal(exitCode, 0);
    assert.match(of(policy)!.text, /a policy: 1 of 1, 1 of which/);
  });

  it("disapproves of a policy of another factory as much as `policy show` does", async () => {
    const other = await file({ policyFactory: rollup.accounts[6]! });
    const { of } = await doctor({ deployment: other, trust: `policy:${policy}` });
    assert.match(of(policy)!.text, /there is no contract at/);
    const copy: Address = `0x${"c0".repeat(20)}`;
    const bytecode = (await rollup.client.getCode({ address: policy }))!;
    await rollup.client.setCode({ address: copy, bytecode });
    const ofCopy = await doctor({ trust: `policy:${copy}` });
    assert.equal(ofCopy.exitCode, 12);
    assert.match(ofCopy.of(copy)!.text, /not made by the policy factory/);
  });

  it("names the endpoint of three that lies", async () => {
    const { exitCode, of } = await doctor({ rpcUrls: [rollup.chain.rpcUrl, at("/lie"), at("")] });
    assert.equal(exitCode, 11);
    assert.match(of(at("/lie"))!.text, /other blocks than most/);
    assert.equal(of(at(""))!.state, "fine");
  });

  it("names the endpoint of three that claims blocks which there are not", async () => {
    const { exitCode, of } = await doctor({ rpcUrls: [rollup.chain.rpcUrl, at("/ahead"), at("")] });
    assert.equal(exitCode, 11);
    assert.match(of(at("/ahead"))!.text, /claims \d+ blocks more than the others/);
    assert.deepEqual([of(at(""))!.state, of(rollup.chain.rpcUrl)!.state], ["fine", "fine"]);
    const two = await doctor({ rpcUrls: [rollup.chain.rpcUrl, at("/ahead")] });
    assert.match(two.of(rollup.chain.rpcUrl)!.remedy!, /add a third endpoint/);
  });

  it("asks for a third where two differ", async () => {
    const { exitCode, of } = await doctor({ rpcUrls: [rollup.chain.rpcUrl, at("/lie")] });
    assert.equal(exitCode, 11);
    assert.match(of(at("/lie"))!.remedy!, /add a third endpoint/);
    assert.match(of(rollup.chain.rpcUrl)!.remedy!, /add a third endpoint/);
  });

  for (const [what, url, text] of [
    ["is on another chain", () => at("/other"), /is chain 1, not 31337/],
    ["does not answer", () => "http://127.0.0.1:1", /no answer from/],
  ] as const) {
    it(`names an endpoint that ${what}`, async () => {
      const { exitCode, of } = await doctor({ rpcUrls: [rollup.chain.rpcUrl, url()] });
      assert.equal(exitCode, 11);
      assert.match(of(url())!.text, text);
    });
  }

  it("finds an application of another template", async () => {
    const other: Hex = `0x${"77".repeat(32)}`;
    const { application } = await rollup.deploy(other);
    const { exitCode, of } = await doctor({ trust: application });
    assert.equal(exitCode, 1);
    assert.match(of(application)!.text, new RegExp(`its template is ${other}`));
  });

  it("finds what is no application or policy", async () => {
    for (const trust of [rollup.accounts[4]!, `policy:${rollup.accounts[5]}`]) {
      const { exitCode, of } = await doctor({ trust });
      assert.equal(exitCode, 11);
      assert.match(of(trust.replace("policy:", ""))!.text, /there is no contract/);
    }
  });

  it("finds node, indexer and caches that do not answer", async () => {
    const nowhere = "http://127.0.0.1:1";
    const { exitCode, checks } = await doctor({ node: nowhere, indexer: nowhere });
    assert.equal(exitCode, 11);
    assert.deepEqual(
      checks.filter(({ name, state }) => name === nowhere && state === "wrong").map(({ text }) => text),
      ["the node does not answer", "the indexer does not answer, or is not healthy"],
    );
  });

  it("says all of it in words", async () => {
    const { exitCode, stdout } = await runCartenix([
      "doctor",
      "--rpc-url",
      rollup.chain.rpcUrl,
      "--config",
      config,
    ]);
    assert.equal(exitCode, 11);
    assert.match(stdout, /^✓ node: Node \d+/m);
    assert.match(stdout, /^– trust: it is not said whom to believe/m);
    assert.match(stdout, /^✗ http:\/\/127\.0\.0\.1:1: the node does not answer\n {2}what to do: start it/m);
  });
});
