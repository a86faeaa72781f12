import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import hre from "hardhat";
import { after, before, describe, it } from "mocha";
import {
  type Abi,
  type Address,
  bytesToHex,
  createWalletClient,
  getAddress,
  type Hex,
  hexToBytes,
  http,
} from "viem";
import { hardhat } from "viem/chains";
import { Contradictions, releaseRegistryAbi, upgradeGateAbi } from "../../abi/index.ts";
import { type Indexer, startIndexer } from "../../indexer/index.ts";
import { encodeNar, narHash } from "../../nix/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { createPolicyMaker, member } from "./support/createPolicyMaker.ts";
import { createRestClient, type RestClient } from "./support/restClient.ts";
import { type Rollup, startRollup } from "./support/startRollup.ts";
import { untilEqual } from "./support/untilEqual.ts";

interface Page<Item> {
  items: Item[];
}

interface Release {
  version: string;
  storePath: string;
  narHash: string;
  yankReason: string | null;
  check: { to: Address; calldata: Hex };
}

interface GateEvent {
  kind: string;
  storePath: string | null;
  narHash: string | null;
  implementation: string | null;
  readyAt: string | null;
  blockNumber: string;
}

describe("the indexer on contracts that build on the registry", function () {
  this.timeout(300_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let indexer: Indexer;
  let rest: RestClient;
  let folder: string;
  let operator: Address;
  let releases: Address;
  let gate: Address;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-examples-"));
    rollup = await startRollup();
    operator = rollup.accounts[0];
    deployment = await rollup.deploy();
    const { makePolicy } = createPolicyMaker(rollup, deployment);
    const policy = await makePolicy({
      ...{ threshold: 1, contradictions: Contradictions.Refuse },
      members: [member(deployment.application)],
    });
    releases = await deploy("ReleaseRegistry", releaseRegistryAbi, [policy]);
    gate = await deploy("UpgradeGate", upgradeGateAbi, [policy, operator, 0]);
    indexer = await startIndexer({
      settings: {
        chains: [
          {
            ...{ rpcUrls: [rollup.chain.rpcUrl], pollingInterval: 100 },
            deployments: [formatDeployment(deployment)],
            releaseRegistries: [releases],
            upgradeGates: [gate],
          },
        ],
        database: { kind: "pglite", directory: join(folder, "pglite") },
      },
    });
    rest = await createRestClient(indexer.url);
  });

  after(async () => {
    await indexer?.stop();
    await rollup?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function deploy(name: string, abi: Abi, args: unknown[]): Promise<Address> {
    const { bytecode } = await hre.artifacts.readArtifact(name);
    const wallet = createWalletClient({
      ...{ account: operator, chain: hardhat, transport: http(rollup.chain.rpcUrl) },
    });
    const { contractAddress } = await rollup.mined(
      wallet.deployContract({ abi, bytecode: bytecode as Hex, args } as never),
    );
    return getAddress(contractAddress!);
  }

  const record = (output: ReturnType<typeof helloOutput>) =>
    rollup.record(deployment.application, deployment.registry, [output]);

  describe("a release registry", () => {
    const [first, second] = [helloOutput("first"), helloOutput("second")];
    const registry = () => ({ address: releases, abi: releaseRegistryAbi });
    const publish = async (version: string, { storePath: path, narHash: hash }: typeof first) =>
      rollup.write(operator, {
        ...{ ...registry(), functionName: "publish" },
        args: [{ project: "hello", version, storePath: path, narHash: hash }],
      });
    const read = async (query = "") => (await rest.get<Page<Release>>(`/v1/releases${query}`)).items;

    before(async () => {
      await record(first);
      await record(second);
      await publish("1.0", first);
      await publish("1.1", second);
    });

    it("shows its releases, the newest first, each with the call that asks the chain the same", async () => {
      await untilEqual(
        async () => (await read()).map(({ version, storePath: path }) => [version, path]),
        [
          ["1.1", second.storePath],
          ["1.0", first.storePath],
        ],
      );
      const [release] = await read(`?storePath=${first.storePath.slice(11)}`);
      assert.equal(release!.narHash, formatNarHash(first.narHash));
      const { data } = await rollup.client.call({
        ...{ to: release!.check.to, data: release!.check.calldata },
      });
      assert.ok(data!.includes(first.narHash.slice(2)));
    });

    it("shows which one was yanked, and why", async () => {
      await rollup.write(operator, {
        ...{ ...registry(), functionName: "yank", args: ["hello", "1.0", "it forgets to greet"] },
      });
      await untilEqual(
        async () => (await read()).map(({ yankReason }) => yankReason),
        [null, "it forgets to greet"],
      );
    });

    it("shows who maintains a project, and to whom it was offered", async () => {
      const projects = async () => {
        const answer = await indexer.query<{ projects: object }>(
          "{ projects { items { name maintainer offeredTo } } }",
        );
        return answer.projects;
      };
      const [, other] = rollup.accounts as [Address, Address];
      await rollup.write(operator, {
        ...{ ...registry(), functionName: "offer", args: ["hello", other] },
      });
      const hello = { name: "hello", maintainer: operator.toLowerCase(), offeredTo: other.toLowerCase() };
      await untilEqual(projects, { items: [hello] });
      await rollup.write(other, { ...{ ...registry(), functionName: "accept", args: ["hello"] } });
      await untilEqual(projects, { items: [{ ...hello, maintainer: other.toLowerCase(), offeredTo: null }] });
    });
  });

  it("shows what an upgrade gate announced, withdrew and built", async () => {
    const creationCode = (await hre.artifacts.readArtifact("Greeter")).bytecode as Hex;
    const nar = encodeNar({ kind: "regular", executable: false, contents: hexToBytes(creationCode) });
    const hash = bytesToHex(narHash(nar).sha256);
    const path = storePath("gate", "greeter.bin");
    await record(helloOutput("gate", { storePath: path, narHash: hash }));
    const contract = { address: gate, abi: upgradeGateAbi };
    const announce = () =>
      rollup.write(operator, { ...contract, functionName: "announce", args: [path, hash, "0x"] });
    await announce();
    await rollup.write(operator, { ...contract, functionName: "withdraw", args: [] });
    const { blockNumber } = await announce();
    await rollup.write(operator, { ...contract, functionName: "upgrade", args: [path, creationCode, "0x"] });
    const read = async () => (await rest.get<Page<GateEvent>>(`/v1/chains/31337/gates/${gate}/events`)).items;
    await untilEqual(
      async () => (await read()).map(({ kind }) => kind),
      ["built", "announced", "withdrawn", "announced"],
    );
    const [built, announced] = (await read()) as [GateEvent, GateEvent];
    assert.deepEqual(
      [built.storePath, built.narHash, announced.storePath, announced.narHash],
      [path, formatNarHash(hash), path, formatNarHash(hash)],
    );
    const { timestamp } = await rollup.client.getBlock({ blockNumber });
    assert.equal(announced.readyAt, String(timestamp));
    const code = await rollup.client.getCode({ address: getAddress(built.implementation!) });
    assert.equal(code, (await hre.artifacts.readArtifact("Greeter")).deployedBytecode);
  });
});
