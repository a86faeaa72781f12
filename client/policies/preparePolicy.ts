import {
  type Address,
  BaseError,
  type Client,
  ContractFunctionRevertedError,
  encodeFunctionData,
  type Hash,
  type Hex,
} from "viem";
import { getBlock, getChainId, getCode, readContract, simulateContract } from "viem/actions";
import {
  authorityFactoryAbi,
  type Contradictions,
  disputeConsensusAddress,
  policyFactoryAddress,
  quorumFactoryAbi,
  stepVerifierAddress,
  trustPolicyAbi,
  trustPolicyFactoryAbi,
} from "../../abi/index.ts";
import type { Deployment, DisputableDeployment, VotedDeployment } from "../../protocol/deployments/index.ts";
import { explainChainError } from "../chain/index.ts";
import { WrongChainError } from "../clientErrors.ts";
import { DamagedDeploymentError, PolicyRefusedError } from "./policyErrors.ts";
import { originOf, type PolicyTerms, policyTerms } from "./policyTerms.ts";

/** What the factory reverts with: its own errors, and those of the policy that it creates. */
const FACTORY_ABI = [
  ...trustPolicyFactoryAbi,
  ...trustPolicyAbi.filter((item) => item.type === "error"),
] as const;

export interface PreparePolicyParameters {
  /** The applications to trust. */
  deployments: readonly Deployment[];
  /** How many applications must have recorded the same hash. */
  threshold: number;
  contradictions: Contradictions;
}

/** A policy that can be made, or that is made already. */
export interface PreparedPolicy {
  readonly address: Address;
  readonly factory: Address;
  readonly terms: PolicyTerms;
  readonly isMade: boolean;
  /** What makes it when it is sent to the factory. */
  readonly data: Hex;
}

/**
 * Prepares the strictest policy that trusts the applications of these deployments, and tries it without sending anything.
 *
 * @throws {WrongChainError} when a deployment is of another chain.
 * @throws {DamagedDeploymentError} when a consensus was not created as its deployment says.
 * @throws {PolicyRefusedError} when a deployment is of another registry or step verifier, or the factory refuses the terms.
 * @throws {ChainUnreachableError} when the endpoint does not answer.
 */
export async function preparePolicy(
  client: Client,
  { deployments, threshold, contradictions }: PreparePolicyParameters,
): Promise<PreparedPolicy> {
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > deployments.length) {
    throw new PolicyRefusedError(`the threshold cannot be ${threshold}`, {
      details: `there are ${deployments.length} deployments`,
      remedy: "choose a number from 1 to that of the deployments",
    });
  }
  const sorted = deployments.toSorted((a, b) => (BigInt(a.application) < BigInt(b.application) ? -1 : 1));
  const factory = policyFactoryAddress();
  await requireDeployments(client, sorted, factory).catch(explainChainError);
  const terms = policyTerms(sorted, threshold, contradictions);
  const args = [terms, sorted.map(originOf)] as const;
  const call = { address: factory, abi: FACTORY_ABI } as const;
  const address = await readContract(client, { ...call, functionName: "policyOf", args: [terms] }).catch(
    explainChainError,
  );
  const isMade = await hasCode(client, address).catch(explainChainError);
  if (!isMade) {
    await simulateContract(client, { ...call, functionName: "create", args }).catch(explainRefusal);
  }
  const data = encodeFunctionData({ abi: FACTORY_ABI, functionName: "create", args });
  return { address, factory, terms, isMade, data };
}

async function requireDeployments(
  client: Client,
  deployments: readonly Deployment[],
  factory: Address,
): Promise<void> {
  const [chainId, genesis, isFactoryThere] = await Promise.all([
    getChainId(client),
    getBlock(client, { blockNumber: 0n }),
    hasCode(client, factory),
  ]);
  for (const deployment of deployments) {
    requireChain(deployment, chainId, genesis.hash);
    const { application, policyFactory } = deployment;
    if (policyFactory.toLowerCase() !== factory.toLowerCase() || !isFactoryThere) {
      throw new PolicyRefusedError(`the application ${application} records in another registry`, {
        details: `its policy factory is ${policyFactory}, this version's is ${factory}`,
        remedy: "deploy the application with this version, or use the version that deployed it",
      });
    }
    await requireConsensus(client, deployment);
  }
}

function requireChain({ application, ...named }: Deployment, chainId: number, genesisHash: Hash): void {
  if (named.chainId !== chainId || named.genesisHash !== genesisHash) {
    throw new WrongChainError(`the application ${application} is on another chain`, {
      details: `its file names chain ${named.chainId} with the first block ${named.genesisHash}, the network is chain ${chainId} with ${genesisHash}`,
      remedy: "choose the network with --network, and files of that chain",
    });
  }
}

async function requireConsensus(client: Client, deployment: Deployment): Promise<void> {
  const { consensus } = deployment;
  const created =
    "dispute" in deployment ? createdForDisputes(deployment) : await createdByFactory(client, deployment);
  if (created.toLowerCase() !== consensus.toLowerCase()) {
    throw new DamagedDeploymentError(`the consensus ${consensus} was not created as its deployment says`, {
      details: `it would be ${created}`,
      remedy: "do not trust this deployment file",
    });
  }
}

function createdByFactory(client: Client, deployment: VotedDeployment): Promise<Address> {
  const { validators, claimer, salt, quorumFactory, authorityFactory } = deployment;
  const epochLength = BigInt(deployment.epochLength);
  return validators
    ? readContract(client, {
        address: quorumFactory,
        abi: quorumFactoryAbi,
        functionName: "calculateQuorumAddress",
        args: [validators, epochLength, salt],
      })
    : readContract(client, {
        address: authorityFactory,
        abi: authorityFactoryAbi,
        functionName: "calculateAuthorityAddress",
        args: [claimer, epochLength, salt],
      });
}

/** @throws {PolicyRefusedError} when the steps of disputes are computed by a contract that we do not know. */
function createdForDisputes({ application, inputBox, dispute }: DisputableDeployment): Address {
  if (dispute.stepVerifier.toLowerCase() !== stepVerifierAddress().toLowerCase()) {
    throw new PolicyRefusedError(`disputes about ${application} are decided by another step verifier`, {
      details: `its step verifier is ${dispute.stepVerifier}, this version's is ${stepVerifierAddress()}`,
      remedy: "deploy the application with this version, or use the version that deployed it",
    });
  }
  return disputeConsensusAddress({ ...dispute, inputBox, bond: BigInt(dispute.bond) });
}

async function hasCode(client: Client, address: Address): Promise<boolean> {
  return (await getCode(client, { address })) !== undefined;
}

/**
 * Says the factory's reason in words.
 *
 * @throws always.
 */
function explainRefusal(error: unknown): never {
  const reverted =
    error instanceof BaseError
      ? error.walk((cause) => cause instanceof ContractFunctionRevertedError)
      : undefined;
  if (!(reverted instanceof ContractFunctionRevertedError) || reverted.data === undefined) {
    return explainChainError(error);
  }
  const { errorName, args = [] } = reverted.data;
  throw new PolicyRefusedError(`the policy factory refuses these terms: ${errorName}`, {
    cause: error,
    details: args.map(String).join(", "),
    remedy: "see the error in contracts/ITrustPolicy.sol or contracts/ITrustPolicyFactory.sol",
  });
}
