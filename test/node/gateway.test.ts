import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import hre from "hardhat";
import { Hono } from "hono";
import { after, before, describe, it } from "mocha";
import { createWalletClient, encodeFunctionData, type Hex, http } from "viem";
import { buildRegistryAbi, iHashGatewayAbi, provenHashReaderAbi } from "../../abi/index.ts";
import type { CartenixNode } from "../../machine/node/index.ts";
import { addHashLookups } from "../../machine/node/server/addHashLookups.ts";
import { helloOutput, INPUT_INDEX } from "../contracts/support/sampleOutputs.ts";
import { readerOf, startWorld, voucher, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

describe("the node as an ERC-3668 gateway", function () {
  this.timeout(60_000);
  const [accepted, last] = [helloOutput("accepted"), helloOutput("unclaimed")];
  let world: World;
  let node: CartenixNode;
  let reader: Hex;

  const recording = (...outputs: ReturnType<typeof helloOutput>[]) =>
    voucher(
      world.deployment.registry,
      encodeFunctionData({ abi: buildRegistryAbi, functionName: "record", args: [INPUT_INDEX, outputs] }),
    );

  before(async () => {
    world = await startWorld();
    node = await world.startNode();
    await hre.tasks.getTask("build").run({ quiet: true });
    const { abi, bytecode } = await hre.artifacts.readArtifact("ProvenHashReader");
    const wallet = createWalletClient({ account: world.account(3), transport: http(world.rpcUrl) });
    const hash = await wallet.deployContract({
      ...{ chain: null, abi, bytecode: bytecode as Hex },
      args: [world.deployment.registry],
    });
    reader = (await world.client.waitForTransactionReceipt({ hash })).contractAddress!;
    const application = world.deployment.application;
    await world.send(world.accepting([recording(helloOutput("first")), recording(accepted)]));
    await world.endEpoch();
    await until("the claim is accepted", async () => {
      await world.mine(1);
      const { data } = await readerOf(node).listEpochs({ application });
      return data[0]?.status === "CLAIM_ACCEPTED";
    });
    await world.send(world.accepting([recording(last)]));
    await until("both inputs are processed", () => node.status().processedInputs === 2n);
  });
  after(() => world?.[Symbol.asyncDispose]());

  const read = (storePath: string, gateway: string, application: Hex = world.deployment.application) =>
    world.client.readContract({
      ...{ address: reader, abi: provenHashReaderAbi, functionName: "hashOf" },
      args: [application, storePath, [gateway]],
    } as const);

  it("lets viem read the hash of a voucher that nobody has executed, by GET and by POST", async () => {
    const { registry, application } = world.deployment;
    const isRecorded = await world.client.readContract({
      ...{ address: registry, abi: buildRegistryAbi, functionName: "isRecorded" },
      args: [application, accepted.storePath],
    } as const);
    assert.equal(isRecorded, false);
    assert.equal(await read(accepted.storePath, `${node.url}/ccip/{sender}/{data}.json`), accepted.narHash);
    assert.equal(await read(accepted.storePath, `${node.url}/ccip`), accepted.narHash);
  });

  it("finds nothing that no accepted claim contains, that was never built, or of another application", async () => {
    const nothing = /Status: 404/;
    await assert.rejects(read(last.storePath, `${node.url}/ccip`), nothing);
    await assert.rejects(read(helloOutput("never").storePath, `${node.url}/ccip`), nothing);
    await assert.rejects(read(accepted.storePath, `${node.url}/ccip`, world.account(4).address), nothing);
  });

  it("refuses a path of which only a part is recorded", async () => {
    await assert.rejects(read(accepted.storePath.slice(0, -1), `${node.url}/ccip`), /Status: 404/);
    await assert.rejects(read("/nix/store/", `${node.url}/ccip`), /Status: 404/);
    await assert.rejects(read("", `${node.url}/ccip`), /Status: 404/);
  });

  it("refuses malformed requests", async () => {
    const post = (body: string) => fetch(`${node.url}/ccip`, { method: "POST", body });
    const get = (data: string) => fetch(`${node.url}/ccip/${reader}/${data}.json`);
    const call = encodeFunctionData({
      abi: iHashGatewayAbi,
      functionName: "voucherOf",
      args: [world.deployment.application, accepted.storePath],
    });
    assert.equal((await get(call)).status, 200);
    const statuses = await Promise.all([
      ...["", "null", "[]", "{", '"0x"', '{"data":1}', '{"data":"0xg0"}', '{"data":"0x123"}'].map(post),
      ...["0x0g", "1234", "0x1", `${call}0`].map(get),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      new Array(statuses.length).fill(400),
    );
    assert.deepEqual(
      await Promise.all(
        ["0x", "0x12345678", call.slice(0, -64)].map(async (data) => (await get(data)).status),
      ),
      [404, 404, 404],
    );
    assert.deepEqual(await (await get("0x")).json(), {
      message: "no accepted claim has a voucher that records this store path",
    });
    assert.equal((await post(JSON.stringify({ data: `0x${"00".repeat(4096)}` }))).status, 413);
    assert.equal((await get(`0x${"00".repeat(5000)}`)).status, 414);
  });
});

describe("lookups that take long", () => {
  it("are refused when too many of one client wait, and go on afterwards", async () => {
    const application = "0x00000000000000000000000000000000000000aa";
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const app = new Hono();
    addHashLookups(app, {
      application,
      async *findProvenOutputs() {
        await ended;
        yield* [];
      },
    });
    await using server = await listen(app);
    const data = encodeFunctionData({
      abi: iHashGatewayAbi,
      functionName: "voucherOf",
      args: [application, helloOutput("slow").storePath],
    });
    const answered: number[] = [];
    const ask = async () => {
      const { status } = await fetch(`${server.url}/ccip/${application}/${data}.json`);
      answered.push(status);
      return status;
    };
    const asked = Array.from({ length: 30 }, ask);
    await until("13 are refused, and the others wait", () => answered.length === 13);
    assert.deepEqual(answered, new Array(13).fill(503));
    end();
    const statuses = await Promise.all(asked);
    assert.deepEqual(
      [404, 503].map((code) => statuses.filter((status) => status === code).length),
      [17, 13],
    );
    assert.equal(await ask(), 404);
  });
});

async function listen(app: Hono): Promise<AsyncDisposable & { url: string }> {
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
