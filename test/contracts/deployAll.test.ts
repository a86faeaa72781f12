import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HardhatArtifactResolver } from "@nomicfoundation/hardhat-ignition/helpers";
import { getVerificationInformation } from "@nomicfoundation/ignition-core";
import hre from "hardhat";
import { after, before, describe, it } from "mocha";
import {
  type Address,
  concatHex,
  createTestClient,
  getAddress,
  type Hex,
  http,
  publicActions,
  walletActions,
  zeroAddress,
  zeroHash,
} from "viem";
import { hardhat } from "viem/chains";
import {
  applicationAbi,
  CREATE_X_ADDRESS,
  policyFactoryAddress,
  quorumAbi,
  registryAddress,
  trustPolicyFactoryAbi,
} from "../../abi/index.ts";
import { cartesiArtifact, committedArtifacts } from "../../deploy/artifacts.ts";
import { CANONICAL_CARTESI_CONTRACTS, findCartesiContracts } from "../../deploy/cartesiContracts.ts";
import { deployAll } from "../../deploy/deployAll.ts";
import { dryRun } from "../../deploy/dryRun.ts";
import { DeploymentError, type LocalChain, startLocalChain } from "../../deploy/index.ts";
import { areAltered, startChain } from "./support/startChain.ts";

const CHAIN_ID = 424_242;
const TEMPLATE_HASH: Hex = `0x${"c0".repeat(32)}`;

/** The deployer that Cartesi used, and its code: it passes the salt and the creation code that it is sent to CREATE2. */
const DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C";
const DEPLOYER_CODE =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

(areAltered ? describe.skip : describe)("deployAll, on a chain that is not a local one", () => {
  let local: LocalChain;
  let folder: string;
  let accounts: Address[];
  let chain: ReturnType<typeof connect>;
  const connect = () =>
    createTestClient({ mode: "hardhat", chain: { ...hardhat, id: CHAIN_ID }, transport: http(local.rpcUrl) })
      .extend(publicActions)
      .extend(walletActions);
  const authority = () => ({
    templateHash: TEMPLATE_HASH,
    epochLength: 20,
    consensus: { authority: accounts[1]! },
  });

  before(async () => {
    await startChain();
    folder = await mkdtemp(join(tmpdir(), "cartenix-deploy-"));
    local = await startLocalChain({ chainId: CHAIN_ID });
    chain = connect();
    accounts = (await chain.getAddresses()).map((address) => getAddress(address));
  });

  after(async () => {
    await local?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("names Cartesi's contract that is missing", async () => {
    await assert.rejects(findCartesiContracts(chain), /Cartesi's applicationFactory is not on this chain/);
  });

  it("finds Cartesi's contracts at the addresses that follow from @cartesi/rollups", async () => {
    await chain.setCode({ address: DEPLOYER, bytecode: DEPLOYER_CODE });
    for (const name of ["ApplicationFactory", "AuthorityFactory", "InputBox", "QuorumFactory"]) {
      const { bytecode } = await cartesiArtifact(name);
      const data = concatHex([zeroHash, bytecode as Hex]);
      await chain.sendTransaction({ account: accounts[0]!, to: DEPLOYER, data });
    }
    assert.deepEqual(await findCartesiContracts(chain), CANONICAL_CARTESI_CONTRACTS);
  });

  it("refuses an owner without --allow-owner, before it sends anything", async () => {
    const before = await chain.getBlockNumber({ cacheTime: 0 });
    const terms = { ...authority(), owner: "deployer" } as const;
    await assert.rejects(deployAll(chain, terms, CANONICAL_CARTESI_CONTRACTS), DeploymentError);
    assert.equal(await chain.getBlockNumber({ cacheTime: 0 }), before);
  });

  it("does the same in a dry run as on the chain: CreateX, registry, policy factory, application", async () => {
    const deploy = (on: Parameters<typeof deployAll>[0], options: Parameters<typeof deployAll>[3]) =>
      deployAll(on, authority(), CANONICAL_CARTESI_CONTRACTS, options);
    const options = { rpcUrl: local.rpcUrl, chainType: "l1", deployer: accounts[0]! } as const;
    const dry = await dryRun(options, (copy) => deploy(copy, { isInstant: true }));
    assert.equal(await chain.getCode({ address: CREATE_X_ADDRESS }), undefined);
    const record = await deploy(chain, {
      journal: join(folder, "journal"),
      artifacts: new HardhatArtifactResolver(hre.artifacts),
      isInstant: true,
    });
    assert.deepEqual(record, dry.result);
    assert.deepEqual(
      dry.transactions.map(({ call, address }) => [call, getAddress(address)]),
      [
        [undefined, "0xeD456e05CaAb11d66C4c797dD6c1D6f9A7F352b5"],
        [undefined, CREATE_X_ADDRESS],
        ["deployCreate2", registryAddress()],
        ["deployCreate2", policyFactoryAddress()],
        ["newAuthority", CANONICAL_CARTESI_CONTRACTS.authorityFactory],
        ["newApplication", CANONICAL_CARTESI_CONTRACTS.applicationFactory],
        ["renounceOwnership", record.application],
      ],
    );
    assert.ok(dry.cost > 0n && dry.transactions.every(({ gas }) => gas >= 21_000n));
    assert.deepEqual([record.chainId, record.owner, record.claimer], [CHAIN_ID, zeroAddress, accounts[1]]);
  });

  it("puts registry and policy factory at their addresses of every chain", async () => {
    for (const address of [registryAddress(), policyFactoryAddress()]) {
      assert.ok(await chain.getCode({ address }));
    }
    const registry = await chain.readContract({
      address: policyFactoryAddress(),
      abi: trustPolicyFactoryAbi,
      functionName: "registry",
    });
    assert.equal(registry, registryAddress());
  });

  it("keeps what verification needs: sources that compile to the deployed code", async () => {
    const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
    const found = [];
    for await (const information of getVerificationInformation(join(folder, "journal"))) {
      assert.ok(typeof information === "object", String(information));
      const [source, name] = information.contract.split(":") as [string, string];
      if (source === "") {
        continue;
      }
      const buildInfo = await new HardhatArtifactResolver(hre.artifacts).getBuildInfo(name);
      const input = structuredClone(buildInfo!.input);
      input.settings.outputSelection = { [`project/${source}`]: { [name]: ["evm.bytecode.object"] } };
      const output = JSON.parse(solc.compile(JSON.stringify(input)));
      const bytecode = output.contracts[`project/${source}`][name].evm.bytecode.object;
      assert.equal(`0x${bytecode}`, (await committedArtifacts.loadArtifact(name)).bytecode);
      found.push([name, getAddress(information.address)]);
    }
    assert.deepEqual(found, [
      ["BuildRegistry", registryAddress()],
      ["TrustPolicyFactory", policyFactoryAddress()],
    ]);
  });

  it("deploys a second application with a quorum, and with an owner when allowed", async () => {
    const quorum = accounts.slice(3, 6);
    const terms = { ...authority(), consensus: { quorum }, owner: "deployer" } as const;
    const record = await deployAll(chain, terms, CANONICAL_CARTESI_CONTRACTS, {
      isInstant: true,
      allowOwner: true,
    });
    assert.deepEqual([record.validators, record.claimer, record.owner], [quorum, quorum[0], accounts[0]]);
    const { consensus, application } = record;
    assert.equal(
      await chain.readContract({ address: consensus, abi: quorumAbi, functionName: "numOfValidators" }),
      3n,
    );
    assert.equal(
      await chain.readContract({ address: application, abi: applicationAbi, functionName: "owner" }),
      accounts[0],
    );
  });
});
