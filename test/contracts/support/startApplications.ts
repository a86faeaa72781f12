import {
  type Address,
  type ContractFunctionArgs,
  getAddress,
  type Hex,
  parseEther,
  zeroAddress,
  zeroHash,
} from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityFactoryAbi,
  ConsensusKind,
  Contradictions,
  quorumFactoryAbi,
  trustPolicyAbi,
  trustPolicyFactoryAbi,
} from "../../../abi/index.ts";
import { INPUT_INDEX, type Output } from "./sampleOutputs.ts";
import type { TestChain } from "./startChain.ts";
import { startRollup, TEMPLATE_HASH } from "./startRollup.ts";

export type Origin = ContractFunctionArgs<typeof trustPolicyFactoryAbi, "nonpayable", "create">[1][number];

const EPOCH_LENGTH = 8n;

/** A rollup in which to deploy further real applications and let them record as if by a voucher. */
export async function startApplications() {
  const rollup = await startRollup();
  const { chain, deployment, registry } = rollup;
  const applications = chain.contractAt(deployment.applicationFactory, applicationFactoryAbi);
  const authorities = chain.contractAt(deployment.authorityFactory, authorityFactoryAbi);
  const quorums = chain.contractAt(deployment.quorumFactory, quorumFactoryAbi);
  const operator = chain.wallets[0]!.account.address;
  const consensusOrigins = new Map<Address, Origin["consensusOrigin"]>();
  const origins = new Map<Address, Origin>();
  let made = 0n;
  const nextSalt = (): Hex => `0x${(++made).toString(16).padStart(64, "0")}`;

  /** A new Authority, whose claimer is the first account. */
  async function makeAuthority(): Promise<Address> {
    const salt = nextSalt();
    const address = await authorities.read.calculateAuthorityAddress([operator, EPOCH_LENGTH, salt]);
    await authorities.write.newAuthority([operator, EPOCH_LENGTH, salt]);
    const kind = ConsensusKind.Authority;
    consensusOrigins.set(address, { kind, claimers: [operator], epochLength: EPOCH_LENGTH, salt });
    return address;
  }

  /** A new Quorum, whose only validator is the first account. */
  async function makeQuorum(): Promise<Address> {
    const salt = nextSalt();
    const address = await quorums.read.calculateQuorumAddress([[operator], EPOCH_LENGTH, salt]);
    await quorums.write.newQuorum([[operator], EPOCH_LENGTH, salt]);
    const kind = ConsensusKind.Quorum;
    consensusOrigins.set(address, { kind, claimers: [operator], epochLength: EPOCH_LENGTH, salt });
    return address;
  }

  /** The consensus of the applications that are made here, unless they get another one. It has no owner. */
  const quorum = await makeQuorum();

  /** An application, owned by the first account unless its ownership is renounced. */
  async function makeApplication(
    options: { templateHash?: Hex; consensus?: Address; isRenounced?: boolean } = {},
  ) {
    const { templateHash = TEMPLATE_HASH, consensus = quorum, isRenounced = true } = options;
    const [dataAvailability, salt] = [zeroHash, nextSalt()];
    const terms = [consensus, operator, templateHash, dataAvailability, salt] as const;
    const address = await applications.read.calculateApplicationAddress(terms);
    await applications.write.newApplication(terms);
    const named = { kind: ConsensusKind.Named, claimers: [], epochLength: 0n, salt: zeroHash };
    const consensusOrigin = consensusOrigins.get(consensus) ?? named;
    const origin = { consensus, owner: operator, templateHash, dataAvailability, salt, consensusOrigin };
    origins.set(address, origin);
    const application = chain.contractAt(address, applicationAbi);
    if (isRenounced) {
      await application.write.renounceOwnership();
    }
    return application;
  }

  /** Some applications without owners, by ascending address, as a policy requires them. */
  async function makeApplications(count: number): Promise<Address[]> {
    const made: Address[] = [];
    for (let index = 0; index < count; index++) {
      made.push((await makeApplication()).address);
    }
    return sortAddresses(made);
  }

  async function recordAs(application: Address, outputs: Output[]): Promise<Hex> {
    await becomeSender(chain, application);
    return registry.write.record([INPUT_INDEX, outputs], { account: application });
  }

  return {
    ...rollup,
    quorum,
    makeAuthority,
    makeQuorum,
    makeApplication,
    makeApplications,
    recordAs,
    /** How an application that was made here was created. */
    originOf: (application: Address): Origin => origins.get(getAddress(application))!,
    consensusOriginOf: (consensus: Address) => consensusOrigins.get(getAddress(consensus))!,
    makePolicyFactory: () =>
      chain.deploy("TrustPolicyFactory", trustPolicyFactoryAbi, [
        registry.address,
        deployment.applicationFactory,
        deployment.authorityFactory,
        deployment.quorumFactory,
      ]),
  };
}

/** One application, `builder`, and the policy that trusts it. */
export async function startTrust() {
  const world = await startApplications();
  const [builder] = (await world.makeApplications(1)) as [Address];
  const args = [world.registry.address, termsOf(1, [builder])];
  return { ...world, builder, policy: await world.chain.deploy("TrustPolicy", trustPolicyAbi, args) };
}

/** Lets a contract send transactions, without executing its code. */
async function becomeSender(chain: TestChain, address: Address): Promise<void> {
  await chain.networkHelpers.impersonateAccount(address);
  await chain.networkHelpers.setBalance(address, parseEther("1000"));
}

/** By ascending address. */
export function sortAddresses(addresses: readonly Address[]): Address[] {
  return addresses.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
}

/** A policy's terms: the members by ascending address, any template hash and consensus, owners renounced. */
export function termsOf(
  threshold: number,
  applications: readonly Address[],
  contradictions: Contradictions = Contradictions.Refuse,
) {
  return {
    threshold,
    contradictions,
    ownerRenounced: true,
    members: applications.map((application) => ({
      application,
      templateHash: zeroHash as Hex,
      consensus: zeroAddress as Address,
      claimer: zeroAddress as Address,
    })),
  };
}
