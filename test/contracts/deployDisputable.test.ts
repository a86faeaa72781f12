import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  numberToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  Contradictions,
  dataAvailabilityAbi,
  disputeConsensusAbi,
  disputeConsensusAddress,
  disputeConsensusInitCode,
  policyFactoryAddress,
  registryAddress,
  stepVerifier20CreationCode,
  stepVerifierAddress,
  trustPolicyAbi,
} from "../../abi/index.ts";
import type { DisputableTerms } from "../../deploy/applicationTerms.ts";
import { CANONICAL_CARTESI_CONTRACTS as CARTESI } from "../../deploy/cartesiContracts.ts";
import type { Chain } from "../../deploy/chain.ts";
import { deployWithCreate2 } from "../../deploy/create2.ts";
import { type DeployOptions, deployAll } from "../../deploy/deployAll.ts";
import { dryRun } from "../../deploy/dryRun.ts";
import { formatDryRun } from "../../deploy/formatDryRun.ts";
import { createPolicy } from "../../deploy/policy/createPolicy.ts";
import { readPinnedTemplate } from "../../machine/image/index.ts";
import { formatDeployment, parseDeployment } from "../../protocol/deployments/index.ts";
import { areAltered } from "./support/startChain.ts";
import { type ForeignChain, startForeignChain } from "./support/startForeignChain.ts";

const { templateHash, templateProof } = (await readPinnedTemplate())!;

const DISPUTE = {
  stepVerifier: stepVerifierAddress(),
  maxInputs: 16,
  claimWindow: 10,
  challengeWindow: 20,
  clock: 100,
  bond: "100000000000000000",
};
const TERMS: DisputableTerms = { templateHash, templateProof, consensus: { dispute: DISPUTE } };
const CONSENSUS = disputeConsensusAddress({ ...DISPUTE, inputBox: CARTESI.inputBox, bond: 10n ** 17n });

(areAltered ? describe.skip : describe)("deployAll, of an application that anybody can dispute", () => {
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
    await chain.client.revert({ id: snapshot });
    await rm(journals, { recursive: true, force: true });
  });

  after(() => chain?.stop());

  const deploy = (
    { on = chain.client, ...options }: DeployOptions & { on?: Chain } = {},
    terms: DisputableTerms = TERMS,
  ) => deployAll(on, terms, CARTESI, { isInstant: true, journals, ...options });

  const stateOf = async (application: Address) => {
    const { state } = await chain.client.readContract({
      ...{ address: CONSENSUS, abi: disputeConsensusAbi, functionName: "epochOf" },
      args: [application],
    } as const);
    return state;
  };

  const dataAvailability = encodeFunctionData({
    abi: dataAvailabilityAbi,
    functionName: "InputBox",
    args: [CARTESI.inputBox],
  });
  const applicationTerms = (salt: Hex) =>
    [CONSENSUS, chain.accounts[0], templateHash, dataAvailability, salt] as const;
  const factory = { address: CARTESI.applicationFactory, abi: applicationFactoryAbi } as const;

  /** The chain, with something done before or instead of the transactions to an account. */
  const interfering = (to: Address, interfere: () => Promise<unknown>): Chain => ({
    request: async (request) => {
      if (request.method === "eth_sendTransaction" && getAddress(request.params[0].to) === to) {
        await interfere();
      }
      return chain.client.request(request);
    },
  });

  const cut = async () => {
    throw new Error("the line is dead");
  };

  const asAccount = (account: Address): Chain => ({
    request: (request) =>
      request.method === "eth_accounts" ? Promise.resolve([account]) : chain.client.request(request),
  });

  it("puts step verifier, consensus and application where they are computed to be, and registers it", async () => {
    const expected = await chain.client.readContract({
      ...factory,
      functionName: "calculateApplicationAddress",
      args: applicationTerms(zeroHash),
    });
    const record = await deploy();
    assert.deepEqual(
      [record.application, record.consensus, record.owner, record.salt],
      [expected, CONSENSUS, zeroAddress, zeroHash],
    );
    const terms = await chain.client.readContract({
      ...{ address: CONSENSUS, abi: disputeConsensusAbi, functionName: "terms" },
    } as const);
    assert.deepEqual(terms, { ...DISPUTE, inputBox: CARTESI.inputBox, bond: 10n ** 17n });
    assert.ok(await chain.client.getCode({ address: stepVerifierAddress() }));
    const application = { address: record.application, abi: applicationAbi } as const;
    assert.equal(
      await chain.client.readContract({ ...application, functionName: "getOutputsMerkleRootValidator" }),
      CONSENSUS,
    );
    assert.equal(await chain.client.readContract({ ...application, functionName: "owner" }), zeroAddress);
    assert.equal(await stateOf(record.application), templateHash);
  });

  it("records the terms, and nothing that only votes have", async () => {
    const record = await deploy();
    assert.deepEqual(record.dispute, DISPUTE);
    assert.ok(!("claimer" in record) && !("epochLength" in record));
    assert.deepEqual(parseDeployment(formatDeployment(record)), record);
  });

  it("does the same in a dry run, which lists each transaction", async () => {
    const before = await chain.client.getBlockNumber();
    const options = { rpcUrl: chain.rpcUrl, chainType: "l1", deployer: chain.accounts[0] } as const;
    const dry = await dryRun(options, (copy) => deploy({ on: copy }));
    assert.equal(await chain.client.getBlockNumber(), before);
    await rm(journals, { recursive: true });
    const record = await deploy();
    const { registryBlock, applicationBlock } = record;
    assert.deepEqual(record, { ...dry.result, registryBlock, applicationBlock });
    assert.deepEqual(
      dry.transactions.map(({ call, address }) => [call, getAddress(address)]),
      [
        ["CREATE2", registryAddress()],
        ["CREATE2", policyFactoryAddress()],
        ["CREATE2", stepVerifierAddress()],
        ["CREATE2", CONSENSUS],
        ["newApplication", CARTESI.applicationFactory],
        ["renounceOwnership", record.application],
        ["register", CONSENSUS],
      ],
    );
    const text = formatDryRun(dry, chain.accounts[0]);
    assert.match(text, new RegExp(`gas {2}${stepVerifierAddress()} {2}stepVerifier {2}CREATE2`, "i"));
    assert.match(text, new RegExp(`gas {2}${CONSENSUS} {2}consensus {2}register`, "i"));
  });

  it("sends nothing when it is repeated", async () => {
    const first = await deploy();
    const block = await chain.client.getBlockNumber();
    assert.deepEqual(await deploy(), first);
    assert.equal(await chain.client.getBlockNumber(), block);
  });

  it("deploys a second application with the same consensus, at the next salt", async () => {
    const first = await deploy();
    const second = await deployAll(chain.client, TERMS, CARTESI, { isInstant: true });
    assert.notEqual(second.application, first.application);
    assert.deepEqual([second.consensus, BigInt(second.salt)], [CONSENSUS, 1n]);
    assert.equal(await stateOf(second.application), templateHash);
  });

  it("goes on where a failed run stopped, before the application and before its registration", async () => {
    await assert.rejects(deploy({ on: interfering(CARTESI.applicationFactory, cut) }), /the line is dead/);
    const consensusBlock = await chain.client.getBlockNumber();
    assert.ok(await chain.client.getCode({ address: CONSENSUS }));
    await assert.rejects(deploy({ on: interfering(CONSENSUS, cut) }), /the line is dead/);
    const block = await chain.client.getBlockNumber();
    const record = await deploy();
    assert.ok(BigInt(record.applicationBlock) > consensusBlock && BigInt(record.applicationBlock) < block);
    assert.equal(await chain.client.getBlockNumber(), block + 1n, "only the registration was left");
    assert.equal(await stateOf(record.application), templateHash);
  });

  it("uses step verifier and consensus that somebody else deployed", async () => {
    const stranger = asAccount(chain.accounts[9]!);
    await deployWithCreate2(stranger, stepVerifier20CreationCode);
    await deployWithCreate2(
      stranger,
      disputeConsensusInitCode({ ...DISPUTE, inputBox: CARTESI.inputBox, bond: 10n ** 17n }),
    );
    const record = await deploy();
    assert.deepEqual([record.consensus, record.salt], [CONSENSUS, zeroHash]);
  });

  it("passes over an application that a stranger created with our terms, and says so", async () => {
    await chain.client.writeContract({
      ...{ ...factory, functionName: "newApplication", args: applicationTerms(zeroHash) },
      account: chain.accounts[9]!,
    });
    const taken: Address[] = [];
    const record = await deploy({ onTaken: (address) => taken.push(address) });
    assert.deepEqual([record.salt, taken.length], [numberToHex(1, { size: 32 }), 1]);
    assert.notEqual(record.application, taken[0]);
    await assert.rejects(deploy({}, { ...TERMS, salt: zeroHash }), /the salt 0x0{64} is taken/);
  });

  it("bears a stranger who registers the application at the same moment", async () => {
    let isFirst = true;
    const raced = interfering(CONSENSUS, async () => {
      assert.ok(isFirst, "one attempt suffices");
      isFirst = false;
      const [created] = await chain.client.getContractEvents({
        ...{ ...factory, eventName: "ApplicationCreated" },
        fromBlock: 0n,
      });
      await chain.client.writeContract({
        ...{ address: CONSENSUS, abi: disputeConsensusAbi, functionName: "register" },
        args: [created!.args.appContract!, templateProof],
        account: chain.accounts[9]!,
      });
    });
    const record = await deploy({ on: raced });
    assert.ok(!isFirst);
    assert.equal(await stateOf(record.application), templateHash);
  });

  it("says that somebody must register it where there is no proof, and registers it once there is one", async () => {
    const { templateProof: _, ...terms } = TERMS;
    const unregistered: [Address, Address][] = [];
    const onUnregistered: DeployOptions["onUnregistered"] = (...told) => unregistered.push(told);
    const record = await deploy({ onUnregistered }, terms);
    assert.deepEqual(unregistered, [[record.application, CONSENSUS]]);
    assert.equal(await stateOf(record.application), zeroHash);
    assert.deepEqual(await deploy({ onUnregistered }), record);
    assert.equal(await stateOf(record.application), templateHash);
    await deploy({ onUnregistered }, terms);
    assert.equal(unregistered.length, 1);
  });

  it("refuses a proof that is not the template's, before it creates the application", async () => {
    const flipped = flipLastBit(templateProof);
    for (const terms of [
      { ...TERMS, templateProof: flipped },
      { ...TERMS, templateProof: "0x" },
      { ...TERMS, templateHash: `0x${"c0".repeat(32)}` },
    ] as const) {
      await assert.rejects(
        deploy({}, terms),
        /the step verifier refuses the template 0x[\s\S]*npm run template -- --pin/,
      );
    }
    assert.equal(await chain.client.getCode({ address: CONSENSUS }), undefined);
  });

  it("can be trusted by a policy that names the consensus, and no claimer", async () => {
    const record = await deploy();
    const parameters = { threshold: 1, contradictions: Contradictions.Refuse };
    const address = await createPolicy(chain.client, { deployments: [record], ...parameters });
    const policy = { address, abi: trustPolicyAbi } as const;
    const { ownerRenounced, members } = await chain.client.readContract({ ...policy, functionName: "terms" });
    const { application } = record;
    const terms = { application, templateHash, consensus: CONSENSUS, claimer: zeroAddress };
    assert.deepEqual([ownerRenounced, members], [true, [terms]]);
    assert.deepEqual(await chain.client.readContract({ ...policy, functionName: "members" }), [
      { ...terms, owner: zeroAddress, meetsTerms: true },
    ]);
    for (const [changes, reason] of [
      [{ bond: "1" }, /was not created as its deployment says/],
      [{ stepVerifier: zeroAddress }, /decided by another step verifier/],
    ] as const) {
      const dispute = { ...DISPUTE, ...changes };
      await assert.rejects(
        createPolicy(chain.client, { deployments: [{ ...record, dispute }], ...parameters }),
        reason,
      );
    }
  });
});

function flipLastBit(hex: Hex): Hex {
  const last = Number.parseInt(hex.slice(-1), 16) ^ 1;
  return `${hex.slice(0, -1)}${last.toString(16)}` as Hex;
}
