import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { type Address, type Hex, numberToHex, parseGwei, zeroHash } from "viem";
import {
  applicationAbi,
  authorityAbi,
  authorityFactoryAbi,
  buildRegistryCreationCode,
  policyFactoryAddress,
  registryAddress,
} from "../../abi/index.ts";
import { CANONICAL_CARTESI_CONTRACTS as CARTESI } from "../../deploy/cartesiContracts.ts";
import type { Chain } from "../../deploy/chain.ts";
import { deployWithCreate2 } from "../../deploy/create2.ts";
import { type DeployOptions, deployAll } from "../../deploy/deployAll.ts";
import { dryRun } from "../../deploy/dryRun.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import { areAltered } from "./support/startChain.ts";
import { type ForeignChain, startForeignChain } from "./support/startForeignChain.ts";

(areAltered ? describe.skip : describe)("deployAll, resumed, repeated, or after strangers", () => {
  let chain: ForeignChain;
  let journals: string;
  let snapshot: Hex;

  before(async () => {
    chain = await startForeignChain();
    await chain.deployCartesi();
  });

  beforeEach(async () => {
    snapshot = await chain.client.snapshot();
    journals = await mkdtemp(join(tmpdir(), "cartenix-journals-"));
  });

  afterEach(async () => {
    await chain.client.setAutomine(true);
    await chain.client.setIntervalMining({ interval: 0 });
    await chain.client.revert({ id: snapshot });
    await rm(journals, { recursive: true, force: true });
  });

  after(() => chain?.stop());

  const terms = () => ({
    templateHash: `0x${"c0".repeat(32)}` as const,
    epochLength: 20,
    consensus: { authority: chain.accounts[1]! },
  });
  const deploy = (options: DeployOptions & { on?: Chain; salt?: Hex } = {}) =>
    deployAll(
      options.on ?? chain.client,
      { ...terms(), ...(options.salt && { salt: options.salt }) },
      CARTESI,
      {
        isInstant: true,
        journals,
        ...options,
      },
    );

  async function expectCreated({ registryBlock, applicationBlock, application }: Deployment): Promise<void> {
    const created: [Address, number][] = [
      [registryAddress(), registryBlock],
      [application, applicationBlock],
    ];
    for (const [address, block] of created) {
      assert.equal(await chain.client.getCode({ address, blockNumber: BigInt(block - 1) }), undefined);
      assert.ok(await chain.client.getCode({ address, blockNumber: BigInt(block) }));
    }
  }

  /** Each `evm_mine` makes one block, as blocks of strangers would. */
  async function mine(blocks: number): Promise<void> {
    for (let block = 0; block < blocks; block++) {
      await chain.client.mine({ blocks: 1 });
    }
  }

  function newAuthority(salt: Hex, maxPriorityFeePerGas = 0n): Promise<Hex> {
    return chain.client.writeContract({
      account: chain.accounts[7]!,
      address: CARTESI.authorityFactory,
      abi: authorityFactoryAbi,
      functionName: "newAuthority",
      args: [chain.accounts[1]!, 20n, salt],
      maxFeePerGas: parseGwei("100"),
      maxPriorityFeePerGas,
    });
  }

  it("names the same blocks when it is repeated much later", async () => {
    const first = await deploy();
    await expectCreated(first);
    await mine(37);
    assert.deepEqual(await deploy(), first);
  });

  it("names the block of a registry that somebody else deployed", async () => {
    await mine(5);
    await deployWithCreate2(asAccount(chain.accounts[9]!), buildRegistryCreationCode);
    const block = Number(await chain.client.getBlockNumber());
    await mine(50);
    const deployment = await deploy();
    assert.equal(deployment.registryBlock, block);
    assert.ok(deployment.applicationBlock > block + 50);
    await expectCreated(deployment);
  });

  it("says before it sends anything that the endpoint does not know how old the registry is", async () => {
    await deployWithCreate2(chain.client, buildRegistryCreationCode);
    await mine(200);
    const block = await chain.client.getBlockNumber();
    // An EDR chain keeps every state: the answer of an endpoint that keeps 128.
    const pruned: Chain = {
      request: async (request) => {
        const at = request.method === "eth_getCode" ? request.params[1] : "latest";
        if (at !== "latest" && BigInt(at) < block - 127n) {
          throw new Error("missing trie node");
        }
        return chain.client.request(request);
      },
    };
    await assert.rejects(
      deploy({ on: pruned }),
      /does not answer for the state of block \d+[\s\S]*archive node/,
    );
    assert.equal(await chain.client.getBlockNumber(), block);
  });

  it("deploys when somebody else deploys the registry at the same moment", async () => {
    let isFirst = true;
    const raced: Chain = {
      request: async (request) => {
        if (request.method === "eth_sendTransaction" && isFirst) {
          isFirst = false;
          await deployWithCreate2(asAccount(chain.accounts[9]!), buildRegistryCreationCode);
        }
        return chain.client.request(request);
      },
    };
    await expectCreated(await deploy({ on: raced }));
  });

  it("goes on where a failed run stopped, and names the blocks of that run", async () => {
    await deployWithCreate2(chain.client, buildRegistryCreationCode);
    const registryBlock = Number(await chain.client.getBlockNumber());
    await mine(3);
    const stopped = stopBefore("newApplication");
    await assert.rejects(deploy({ on: stopped }), /the line is dead/);
    await mine(20);
    const consensusBefore = await chain.client.getBlockNumber();
    const deployment = await deploy();
    assert.equal(deployment.registryBlock, registryBlock);
    assert.equal(deployment.salt, zeroHash);
    assert.ok(BigInt(deployment.applicationBlock) > consensusBefore);
    assert.ok(
      await chain.client.getCode({ address: deployment.consensus, blockNumber: consensusBefore }),
      "the Authority is that of the first run",
    );
    await expectCreated(deployment);
  });

  it("finds the transaction whose hash was lost", async () => {
    const lost: Chain = {
      request: async (request) => {
        const result = await chain.client.request(request);
        if (request.method === "eth_sendTransaction" && request.params[0].to === CARTESI.applicationFactory) {
          throw new Error("the line is dead");
        }
        return result;
      },
    };
    await assert.rejects(deploy({ on: lost }), /the line is dead/);
    const sent = await chain.client.getBlockNumber();
    await mine(9);
    const deployment = await deploy();
    assert.equal(BigInt(deployment.applicationBlock), sent);
    await expectCreated(deployment);
  });

  it("passes over an Authority that a stranger created with our terms, and says so", async () => {
    await newAuthority(zeroHash);
    await newAuthority(numberToHex(1, { size: 32 }));
    const taken: [Address, Hex][] = [];
    const onTaken = (address: Address, salt: Hex) => taken.push([address, salt]);
    const deployment = await deploy({ onTaken });
    assert.equal(BigInt(deployment.salt), 2n);
    const strangers = await chain.client.readContract({
      address: CARTESI.authorityFactory,
      abi: authorityFactoryAbi,
      functionName: "calculateAuthorityAddress",
      args: [chain.accounts[1]!, 20n, zeroHash],
    });
    assert.deepEqual(taken, [[strangers, deployment.salt]]);
    assert.notEqual(deployment.consensus, strangers);
    assert.deepEqual(await deploy(), deployment, "the repeated run keeps the salt");
  });

  it("refuses a salt of the parameters that a stranger has used, and uses one that is free", async () => {
    const salt: Hex = `0x${"5a".repeat(32)}`;
    await newAuthority(salt);
    const before = await chain.client.getBlockNumber();
    await assert.rejects(deploy({ salt }), /the salt 0x5a5a.* is taken[\s\S]*put another salt/);
    assert.equal(await chain.client.getBlockNumber(), before);
    const other: Hex = `0x${"5b".repeat(32)}`;
    const deployment = await deploy({ salt: other });
    assert.equal(deployment.salt, other);
    assert.equal(
      await chain.client.readContract({
        address: deployment.consensus,
        abi: authorityAbi,
        functionName: "owner",
      }),
      chain.accounts[1],
    );
  });

  it("takes another salt when a stranger's transaction with the same terms overtakes ours", async () => {
    await chain.client.setAutomine(false);
    await chain.client.setIntervalMining({ interval: 1 });
    let isFirst = true;
    const raced: Chain = {
      request: async (request) => {
        const isOurs =
          request.method === "eth_sendTransaction" && request.params[0].to === CARTESI.authorityFactory;
        if (isOurs && isFirst) {
          isFirst = false;
          await newAuthority(zeroHash, parseGwei("50"));
        }
        return chain.client.request(request);
      },
    };
    const taken: Hex[] = [];
    const deployment = await deploy({ on: raced, onTaken: (_, salt) => taken.push(salt) });
    assert.ok(!isFirst);
    assert.equal(BigInt(deployment.salt), 1n);
    assert.deepEqual(taken, [deployment.salt]);
    await expectCreated(deployment);
  }).timeout(120_000);

  it("keeps a journal for each application, so that a second with other terms is no change of the first", async () => {
    const first = await deploy();
    const second = await deployAll(chain.client, { ...terms(), epochLength: 21 }, CARTESI, {
      isInstant: true,
      journals,
    });
    assert.notEqual(second.application, first.application);
    assert.equal(second.registryBlock, first.registryBlock);
    const names = await readdir(journals);
    assert.equal(names.length, 2);
    assert.ok(names.every((name) => /^chain-424242-[0-9a-f]{8}$/.test(name)));
    assert.deepEqual(await deploy(), first);
  });

  it("has a dry run know the journal: what is done is not done again", async () => {
    await assert.rejects(deploy({ on: stopBefore("newApplication") }), /the line is dead/);
    const options = { rpcUrl: chain.rpcUrl, chainType: "l1", deployer: chain.accounts[0] } as const;
    const before = await chain.client.getBlockNumber();
    const dry = await dryRun(options, (copy) => deploy({ on: copy }));
    assert.deepEqual(
      dry.transactions.map(({ call }) => call),
      ["newApplication", "renounceOwnership"],
    );
    assert.equal(await chain.client.getBlockNumber(), before);
  });

  it("waits for confirmations when blocks come every two seconds", async () => {
    await chain.client.setAutomine(false);
    await chain.client.setIntervalMining({ interval: 2 });
    const deployment = await deploy({ isInstant: false });
    await expectCreated(deployment);
    assert.ok(await chain.client.getCode({ address: policyFactoryAddress() }));
    const owner = { address: deployment.application, abi: applicationAbi, functionName: "owner" } as const;
    assert.match(await chain.client.readContract(owner), /^0x0{40}$/);
  }).timeout(240_000);

  /** The chain for another of its accounts. */
  function asAccount(account: Address): Chain {
    return {
      request: (request) =>
        request.method === "eth_accounts" ? Promise.resolve([account]) : chain.client.request(request),
    };
  }

  /** The chain, until the call of one of the factories: there the line to the endpoint breaks before the request is sent. */
  function stopBefore(call: "newAuthority" | "newApplication"): Chain {
    const to = call === "newAuthority" ? CARTESI.authorityFactory : CARTESI.applicationFactory;
    return {
      request: async (request) => {
        if (request.method === "eth_sendTransaction" && request.params[0].to === to) {
          throw new Error("the line is dead");
        }
        return chain.client.request(request);
      },
    };
  }
});
