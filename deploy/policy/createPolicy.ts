import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  custom,
  encodeFunctionData,
} from "viem";
import {
  authorityFactoryAbi,
  type Contradictions,
  policyFactoryAddress,
  quorumFactoryAbi,
  trustPolicyAbi,
  trustPolicyFactoryAbi,
} from "../../abi/index.ts";
import type { Deployment } from "../../protocol/index.ts";
import { type Chain, codeAt, deployerOf, sendTransaction } from "../chain.ts";
import { DeploymentError } from "../deploymentError.ts";
import { originOf, policyTerms } from "./policyTerms.ts";

/** What the factory reverts with: its own errors, and those of the policy that it creates. */
const FACTORY_ABI = [
  ...trustPolicyFactoryAbi,
  ...trustPolicyAbi.filter((item) => item.type === "error"),
] as const;

export interface PolicyOptions {
  /** How many applications must have recorded the same hash. */
  threshold: number;
  contradictions: Contradictions;
}

/**
 * Creates the policy that trusts the applications of these deployments, unless it exists.
 *
 * @returns its address.
 * @throws {DeploymentError} when a deployment is of another chain or registry, when its consensus is not one that Cartesi's
 * factory created, and when the factory refuses the terms.
 */
export async function createPolicy(
  chain: Chain,
  deployments: readonly Deployment[],
  { threshold, contradictions }: PolicyOptions,
): Promise<Address> {
  const client = createPublicClient({ transport: custom(chain) });
  const sorted = deployments.toSorted((a, b) => (BigInt(a.application) < BigInt(b.application) ? -1 : 1));
  const factory = policyFactoryAddress();
  for (const deployment of sorted) {
    await requireDeployment(chain, deployment, factory);
  }
  const terms = policyTerms(sorted, threshold, contradictions);
  const call = { address: factory, abi: FACTORY_ABI } as const;
  const policy = await client.readContract({ ...call, functionName: "policyOf", args: [terms] });
  if ((await codeAt(chain, policy)) !== "0x") {
    return policy;
  }
  const args = [terms, sorted.map(originOf)] as const;
  const from = await deployerOf(chain);
  try {
    await client.simulateContract({ ...call, functionName: "create", args, account: from });
  } catch (error) {
    throw refused(error);
  }
  const data = encodeFunctionData({ abi: FACTORY_ABI, functionName: "create", args });
  await sendTransaction(chain, { from, to: factory, data });
  return policy;
}

/** @throws {DeploymentError} */
async function requireDeployment(chain: Chain, deployment: Deployment, factory: Address): Promise<void> {
  const client = createPublicClient({ transport: custom(chain) });
  const [chainId, genesis] = await Promise.all([
    client.getChainId(),
    client.getBlock({ blockNumber: 0n, includeTransactions: false }),
  ]);
  const { application, policyFactory, consensus, validators, claimer, salt } = deployment;
  if (deployment.chainId !== chainId || deployment.genesisHash !== genesis.hash) {
    throw new DeploymentError(`the application ${application} is on another chain`, {
      details: `its file names chain ${deployment.chainId}, the network is chain ${chainId}`,
      remedy: "choose the network with --network, and files of that chain",
    });
  }
  if (policyFactory.toLowerCase() !== factory.toLowerCase() || (await codeAt(chain, factory)) === "0x") {
    throw new DeploymentError(`the application ${application} records in another registry`, {
      details: `its policy factory is ${policyFactory}, this version's is ${factory}`,
      remedy: "deploy the application with this version, or use the version that deployed it",
    });
  }
  const epochLength = BigInt(deployment.epochLength);
  const created = validators
    ? await client.readContract({
        address: deployment.quorumFactory,
        abi: quorumFactoryAbi,
        functionName: "calculateQuorumAddress",
        args: [validators, epochLength, salt],
      })
    : await client.readContract({
        address: deployment.authorityFactory,
        abi: authorityFactoryAbi,
        functionName: "calculateAuthorityAddress",
        args: [claimer, epochLength, salt],
      });
  if (created.toLowerCase() !== consensus.toLowerCase()) {
    throw new DeploymentError(`the consensus ${consensus} was not created as its deployment says`, {
      details: `Cartesi's factory would have created ${created}`,
      remedy: "do not trust this deployment file",
    });
  }
}

/** The factory's reason in words; any other error as it is. */
function refused(error: unknown): unknown {
  const reverted =
    error instanceof BaseError
      ? error.walk((cause) => cause instanceof ContractFunctionRevertedError)
      : undefined;
  if (!(reverted instanceof ContractFunctionRevertedError) || reverted.data === undefined) {
    return error;
  }
  const { errorName, args = [] } = reverted.data;
  return new DeploymentError(`the policy factory refuses these terms: ${errorName}`, {
    cause: error,
    details: args.map(String).join(", "),
    remedy: "see the error in contracts/ITrustPolicy.sol or contracts/ITrustPolicyFactory.sol",
  });
}
