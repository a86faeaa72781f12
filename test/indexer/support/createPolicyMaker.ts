import { type Address, type ContractFunctionArgs, type Hex, zeroAddress, zeroHash } from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityFactoryAbi,
  ConsensusKind,
  type Contradictions,
  quorumFactoryAbi,
  trustPolicyFactoryAbi,
} from "../../../abi/index.ts";
import { originOf } from "../../../client/policies/policyTerms.ts";
import type { Deployment } from "../../../protocol/deployments/index.ts";
import { type Rollup, TEMPLATE_HASH } from "./startRollup.ts";

const EPOCH_LENGTH = 1n;

/** How a member was created. */
type Origin = ContractFunctionArgs<typeof trustPolicyFactoryAbi, "nonpayable", "create">[1][number];

export interface Terms {
  threshold: number;
  contradictions: Contradictions;
  ownerRenounced?: boolean;
  members: { application: Address; templateHash: Hex; consensus: Address; claimer: Address }[];
}

/** Any application, whatever its template, consensus and claimer. */
export const member = (application: Address, changes: Partial<Terms["members"][number]> = {}) => ({
  ...{ application, templateHash: zeroHash, consensus: zeroAddress, claimer: zeroAddress },
  ...changes,
});

/** A consensus that no factory created. */
export const named = { kind: ConsensusKind.Named, claimers: [], epochLength: 0n, salt: zeroHash };

/** Creates Authorities, applications and policies through their factories. */
export function createPolicyMaker(rollup: Rollup, deployment: Deployment) {
  const operator = rollup.accounts[0];
  const origins = new Map<Address, Origin>([[deployment.application, originOf(deployment)]]);
  let salts = 0n;
  const nextSalt = (): Hex => `0x${(++salts).toString(16).padStart(64, "0")}`;

  async function makeAuthority() {
    const salt = nextSalt();
    const { authorityFactory: address } = deployment;
    const args = [operator, EPOCH_LENGTH, salt] as const;
    const authority = await rollup.client.readContract({
      ...{ address, abi: authorityFactoryAbi, functionName: "calculateAuthorityAddress", args },
    });
    await rollup.write(operator, { address, abi: authorityFactoryAbi, functionName: "newAuthority", args });
    const kind = ConsensusKind.Authority;
    return { authority, consensusOrigin: { kind, claimers: [operator], epochLength: EPOCH_LENGTH, salt } };
  }

  async function makeQuorum(validators: readonly Address[]) {
    const salt = nextSalt();
    const { quorumFactory: address } = deployment;
    const args = [validators, EPOCH_LENGTH, salt] as const;
    const quorum = await rollup.client.readContract({
      ...{ address, abi: quorumFactoryAbi, functionName: "calculateQuorumAddress", args },
    });
    await rollup.write(operator, { address, abi: quorumFactoryAbi, functionName: "newQuorum", args });
    const kind = ConsensusKind.Quorum;
    return { quorum, consensusOrigin: { kind, claimers: validators, epochLength: EPOCH_LENGTH, salt } };
  }

  /** Leaves an application without an owner. */
  const renounce = (address: Address) =>
    rollup.write(operator, { address, abi: applicationAbi, functionName: "renounceOwnership", args: [] });

  async function makeApplication(consensus: Address, consensusOrigin: Origin["consensusOrigin"]) {
    const { applicationFactory: address } = deployment;
    const [dataAvailability, salt] = [zeroHash, nextSalt()];
    const args = [consensus, operator, TEMPLATE_HASH, dataAvailability, salt] as const;
    const application = await rollup.client.readContract({
      ...{ address, abi: applicationFactoryAbi, functionName: "calculateApplicationAddress", args },
    });
    await rollup.write(operator, {
      ...{ address, abi: applicationFactoryAbi, functionName: "newApplication", args },
    });
    origins.set(application, {
      ...{ consensus, owner: operator, templateHash: TEMPLATE_HASH, dataAvailability, salt, consensusOrigin },
    });
    return application;
  }

  async function makePolicy(terms: Terms): Promise<Address> {
    const members = terms.members.toSorted((a, b) =>
      BigInt(a.application) < BigInt(b.application) ? -1 : 1,
    );
    const whole = { ...terms, ownerRenounced: terms.ownerRenounced ?? false, members };
    const { policyFactory: address } = deployment;
    const policy = await rollup.client.readContract({
      ...{ address, abi: trustPolicyFactoryAbi, functionName: "policyOf", args: [whole] },
    });
    await rollup.write(operator, {
      address,
      abi: trustPolicyFactoryAbi,
      functionName: "create",
      args: [whole, members.map(({ application }) => origins.get(application)!)],
    });
    return policy.toLowerCase() as Address;
  }

  return { makeAuthority, makeQuorum, makeApplication, renounce, makePolicy };
}

export type PolicyMaker = ReturnType<typeof createPolicyMaker>;
