import { type Address, type ContractFunctionArgs, encodeFunctionData, zeroAddress, zeroHash } from "viem";
import {
  ConsensusKind,
  type Contradictions,
  dataAvailabilityAbi,
  type trustPolicyFactoryAbi,
} from "../../abi/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";

type CreateArguments = ContractFunctionArgs<typeof trustPolicyFactoryAbi, "nonpayable", "create">;

/** A policy's terms, as `TrustPolicyFactory.create` accepts them. */
export type PolicyTerms = CreateArguments[0];

/** How a member of a policy was created: the proof that it is a Cartesi application. */
export type Origin = CreateArguments[1][number];

/** The strictest terms that these applications meet: their template hashes, consensuses and claimers, and no owner if none has one. */
export function policyTerms(
  deployments: readonly Deployment[],
  threshold: number,
  contradictions: Contradictions,
): PolicyTerms {
  return {
    threshold,
    contradictions,
    ownerRenounced: deployments.every(({ owner }) => owner === zeroAddress),
    members: deployments.map((deployment) => {
      const { application, templateHash, consensus } = deployment;
      return { application, templateHash, consensus, claimer: claimerOf(deployment) };
    }),
  };
}

/** Zero where there is no one claimer to name: in a Quorum several vote, and where claims can be disputed anybody claims. */
function claimerOf(deployment: Deployment): Address {
  return "dispute" in deployment || deployment.validators ? zeroAddress : deployment.claimer;
}

/** How an application was created, by its deployment. */
export function originOf(deployment: Deployment): Origin {
  const { consensus, deployer, templateHash, inputBox, salt } = deployment;
  return {
    ...{ consensus, owner: deployer, templateHash, salt },
    dataAvailability: encodeFunctionData({
      abi: dataAvailabilityAbi,
      functionName: "InputBox",
      args: [inputBox],
    }),
    consensusOrigin: consensusOriginOf(deployment),
  };
}

/** The terms name the consensus, so the factory looks at none of this. */
function consensusOriginOf(deployment: Deployment): Origin["consensusOrigin"] {
  if ("dispute" in deployment) {
    return { kind: ConsensusKind.Named, claimers: [], epochLength: 0n, salt: zeroHash };
  }
  const { claimer, validators, epochLength, salt } = deployment;
  return {
    kind: validators ? ConsensusKind.Quorum : ConsensusKind.Authority,
    claimers: validators ?? [claimer],
    epochLength: BigInt(epochLength),
    salt,
  };
}
