import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import hre from "hardhat";
import { after, before, describe, it } from "mocha";
import { getAddress, type Hex, zeroAddress } from "viem";
import {
  applicationAbi,
  buildRegistryCreationCode,
  policyFactoryAddress,
  quorumAbi,
  registryAddress,
  trustPolicyFactoryAbi,
  trustPolicyFactoryCreationCode,
} from "../../abi/index.ts";
import { CANONICAL_CARTESI_CONTRACTS, findCartesiContracts } from "../../deploy/cartesiContracts.ts";
import { deployWithCreate2 } from "../../deploy/create2.ts";
import { type DeployOptions, deployAll } from "../../deploy/deployAll.ts";
import { dryRun } from "../../deploy/dryRun.ts";
import { DeploymentError } from "../../deploy/index.ts";
import { areAltered, startChain } from "./support/startChain.ts";
import { type ForeignChain, startForeignChain } from "./support/startForeignChain.ts";

const TEMPLATE_HASH: Hex = `0x${"c0".repeat(32)}`;

(areAltered ? describe.skip : describe)("deployAll, on a chain that is not a local one", () => {
  let chain: ForeignChain;
  let folder: string;
  const authority = () => ({
    templateHash: TEMPLATE_HASH,
    epochLength: 20,
    consensus: { authority: chain.accounts[1]! },
  });

  before(async () => {
    await startChain();
    folder = await mkdtemp(join(tmpdir(), "cartenix-deploy-"));
    chain = await startForeignChain();
  });

  after(async () => {
    await chain?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("names Cartesi's contract that is missing", async () => {
    await assert.rejects(
      findCartesiContracts(chain.client),
      /Cartesi's applicationFactory is not on this chain/,
    );
  });

  it("names the CREATE2 deployer when it is missing", async () => {
    const deployment = deployWithCreate2(chain.client, buildRegistryCreationCode);
    await assert.rejects(deployment, /the CREATE2 deployer is not on this chain/);
  });

  it("finds Cartesi's contracts at the addresses that follow from @cartesi/rollups", async () => {
    await chain.deployCartesi();
    assert.deepEqual(await findCartesiContracts(chain.client), CANONICAL_CARTESI_CONTRACTS);
  });

  it("refuses an owner without --allow-owner, before it sends anything", async () => {
    const before = await chain.client.getBlockNumber();
    const terms = { ...authority(), owner: "deployer" } as const;
    await assert.rejects(deployAll(chain.client, terms, CANONICAL_CARTESI_CONTRACTS), DeploymentError);
    assert.equal(await chain.client.getBlockNumber(), before);
  });

  it("does the same in a dry run as on the chain: registry, policy factory, application", async () => {
    const deploy = (on: Parameters<typeof deployAll>[0], options: DeployOptions) =>
      deployAll(on, authority(), CANONICAL_CARTESI_CONTRACTS, { ...options, isInstant: true });
    const before = await chain.client.getBlockNumber();
    const options = { rpcUrl: chain.rpcUrl, chainType: "l1", deployer: chain.accounts[0] } as const;
    const dry = await dryRun(options, (copy) => deploy(copy, {}));
    assert.equal(await chain.client.getBlockNumber(), before);
    const record = await deploy(chain.client, { journals: join(folder, "journals") });
    const { registryBlock, applicationBlock } = record;
    assert.deepEqual(record, { ...dry.result, registryBlock, applicationBlock });
    assert.deepEqual(
      dry.transactions.map(({ call, address }) => [call, getAddress(address)]),
      [
        ["CREATE2", registryAddress()],
        ["CREATE2", policyFactoryAddress()],
        ["newAuthority", CANONICAL_CARTESI_CONTRACTS.authorityFactory],
        ["newApplication", CANONICAL_CARTESI_CONTRACTS.applicationFactory],
        ["renounceOwnership", record.application],
      ],
    );
    assert.ok(dry.cost > 0n && dry.transactions.every(({ gas }) => gas >= 21_000n));
    assert.deepEqual(
      [record.chainId, record.owner, record.claimer],
      [chain.chainId, zeroAddress, chain.accounts[1]],
    );
  });

  it("puts registry and policy factory at their addresses of every chain", async () => {
    for (const address of [registryAddress(), policyFactoryAddress()]) {
      assert.ok(await chain.client.getCode({ address }));
    }
    const registry = await chain.client.readContract({
      address: policyFactoryAddress(),
      abi: trustPolicyFactoryAbi,
      functionName: "registry",
    });
    assert.equal(registry, registryAddress());
  });

  it("deploys the code that the sources compile to, so that explorers can verify it", async () => {
    const deployed = {
      BuildRegistry: buildRegistryCreationCode,
      TrustPolicyFactory: trustPolicyFactoryCreationCode,
    };
    for (const [name, creationCode] of Object.entries(deployed)) {
      assert.equal((await hre.artifacts.readArtifact(name)).bytecode, creationCode);
    }
  });

  it("deploys a second application with a quorum, and with an owner when allowed", async () => {
    const quorum = chain.accounts.slice(3, 6);
    const terms = { ...authority(), consensus: { quorum }, owner: "deployer" } as const;
    const record = await deployAll(chain.client, terms, CANONICAL_CARTESI_CONTRACTS, {
      isInstant: true,
      allowOwner: true,
      journals: join(folder, "journals"),
    });
    assert.deepEqual(
      [record.validators, record.claimer, record.owner],
      [quorum, quorum[0], chain.accounts[0]],
    );
    const { consensus, application } = record;
    assert.equal(
      await chain.client.readContract({
        address: consensus,
        abi: quorumAbi,
        functionName: "numOfValidators",
      }),
      3n,
    );
    assert.equal(
      await chain.client.readContract({ address: application, abi: applicationAbi, functionName: "owner" }),
      chain.accounts[0],
    );
  });
});
