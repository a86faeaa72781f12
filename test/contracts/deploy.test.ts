import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { type Address, createPublicClient, http, zeroAddress } from "viem";
import {
  applicationAbi,
  authorityAbi,
  buildRegistryAbi,
  inputBoxAbi,
  registryAddress,
} from "../../abi/index.ts";
import {
  DeploymentError,
  deployLocal,
  type LocalChain,
  readDeployment,
  startLocalChain,
} from "../../deploy/index.ts";
import type { VotedDeployment } from "../../protocol/deployments/index.ts";
import { areAltered } from "./support/startChain.ts";

const templateHash = `0x${"ab".repeat(32)}` as const;

describe("deployLocal", () => {
  let chain: LocalChain;
  let folder: string;
  let record: VotedDeployment;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-deploy-"));
    chain = await startLocalChain();
    record = await deployLocal({
      rpcUrl: chain.rpcUrl,
      templateHash,
      epochLength: 5,
      deploymentFile: join(folder, "deployments/local.json"),
    });
  });

  after(async () => {
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const client = () => createPublicClient({ transport: http(chain.rpcUrl) });

  it("puts the registry at the address that is computed without a chain", async () => {
    assert.equal(record.registry, registryAddress());
    const code = await client().getCode({ address: registryAddress() });
    assert.ok(code && code.length > 2);
    const abi = buildRegistryAbi;
    assert.equal(
      await client().readContract({ address: registryAddress(), abi, functionName: "MAX_OUTPUTS" }),
      64n,
    );
  });

  it("deploys an application with the template hash, no owner, and a consensus that the claimer owns", async () => {
    const application = { address: record.application, abi: applicationAbi };
    const consensus = { address: record.consensus, abi: authorityAbi };
    const read = client().readContract;
    assert.equal(await read({ ...application, functionName: "getTemplateHash" }), templateHash);
    assert.equal(await read({ ...application, functionName: "owner" }), zeroAddress);
    assert.equal(
      await read({ ...application, functionName: "getOutputsMerkleRootValidator" }),
      record.consensus,
    );
    assert.equal(await read({ ...consensus, functionName: "getEpochLength" }), 5n);
    assert.equal(
      (await read({ ...consensus, functionName: "owner" })).toLowerCase(),
      record.claimer.toLowerCase(),
    );
    const dataAvailability = await read({ ...application, functionName: "getDataAvailability" });
    assert.ok(dataAvailability.endsWith(record.inputBox.slice(2).toLowerCase()));
    assert.equal(
      await read({
        address: record.inputBox,
        abi: inputBoxAbi,
        functionName: "getNumberOfInputs",
        args: [record.application],
      }),
      0n,
    );
  });

  it("writes the deployment to a file", async () => {
    assert.deepEqual(await readDeployment(join(folder, "deployments/local.json")), record);
    assert.equal(record.chainId, 31_337);
    assert.equal(record.genesisHash, (await client().getBlock({ blockNumber: 0n })).hash);
    const made: [Address, number][] = [
      [record.application, record.applicationBlock],
      [record.registry, record.registryBlock],
    ];
    for (const [address, block] of made) {
      assert.equal(await client().getCode({ address, blockNumber: BigInt(block - 1) }), undefined);
      assert.ok(await client().getCode({ address, blockNumber: BigInt(block) }));
    }
  });

  it("deploys a second application, with the same registry", async () => {
    const second = await deployLocal({ rpcUrl: chain.rpcUrl, templateHash, epochLength: 5 });
    assert.equal(second.registry, record.registry);
    assert.notEqual(second.application, record.application);
    assert.equal(second.registryBlock, record.registryBlock);
    assert.ok(second.applicationBlock > record.applicationBlock);
  });

  it("deploys on a fresh chain at the addresses in the repository", async function () {
    if (areAltered) {
      this.skip();
    }
    const recorded = (await readDeployment(
      fileURLToPath(new URL("../../deploy/chains/31337.json", import.meta.url)),
    )) as VotedDeployment;
    const fresh = await startLocalChain();
    const { templateHash, epochLength } = recorded;
    const made = await deployLocal({ rpcUrl: fresh.rpcUrl, templateHash, epochLength });
    await fresh.stop();
    assert.deepEqual({ ...made, genesisHash: recorded.genesisHash }, recorded);
  });

  it("reports the chain's reason when it refuses", async () => {
    const deployment = deployLocal({ rpcUrl: chain.rpcUrl, templateHash, epochLength: 0 });
    await assert.rejects(deployment, DeploymentError);
  });
});

describe("startLocalChain", () => {
  it("stops while a client that has sent nothing stays connected", async () => {
    const chain = await startLocalChain();
    const client = connect(Number(new URL(chain.rpcUrl).port), "127.0.0.1").on("error", () => {});
    await once(client, "connect");
    await chain.stop();
    client.destroy();
  });
});
