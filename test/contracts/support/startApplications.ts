import { type Address, type Hex, parseEther, zeroHash } from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityFactoryAbi,
  trustPolicyAbi,
} from "../../../abi/index.ts";
import { INPUT_INDEX, type Output } from "./sampleOutputs.ts";
import type { TestChain } from "./startChain.ts";
import { startRollup, TEMPLATE_HASH } from "./startRollup.ts";

/** A rollup in which to deploy further real applications and let them record as if by a voucher. */
export async function startApplications() {
  const rollup = await startRollup();
  const { chain, deployment, registry } = rollup;
  const applications = chain.contractAt(deployment.applicationFactory, applicationFactoryAbi);
  const authorities = chain.contractAt(deployment.authorityFactory, authorityFactoryAbi);
  const operator = chain.wallets[0]!.account.address;
  let made = 0n;

  /** A new Authority. */
  async function makeAuthority(): Promise<Address> {
    const salt = `0x${(++made).toString(16).padStart(64, "0")}` as const;
    const address = await authorities.read.calculateAuthorityAddress([operator, 8n, salt]);
    await authorities.write.newAuthority([operator, 8n, salt]);
    return address;
  }

  /** An application, owned by the first account unless its ownership is renounced. */
  async function makeApplication(
    options: { templateHash?: Hex; consensus?: Address; isRenounced?: boolean } = {},
  ) {
    const { templateHash = TEMPLATE_HASH, consensus = deployment.consensus, isRenounced = true } = options;
    const salt = `0x${(++made).toString(16).padStart(64, "0")}` as const;
    const terms = [consensus, operator, templateHash, zeroHash, salt] as const;
    const address = await applications.read.calculateApplicationAddress(terms);
    await applications.write.newApplication(terms);
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

  return { ...rollup, makeAuthority, makeApplication, makeApplications, recordAs };
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
export function termsOf(threshold: number, applications: readonly Address[]) {
  return {
    threshold,
    ownerRenounced: true,
    members: applications.map((application) => ({
      application,
      templateHash: zeroHash as Hex,
      consensus: "0x0000000000000000000000000000000000000000" as Address,
    })),
  };
}
