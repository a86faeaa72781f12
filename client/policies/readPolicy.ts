import type { Address, Client, ContractFunctionReturnType } from "viem";
import { readContract } from "viem/actions";
import { Contradictions, trustPolicyAbi, trustPolicyFactoryAbi } from "../../abi/index.ts";
import { explainChainError } from "../chain/index.ts";

type Terms = ContractFunctionReturnType<typeof trustPolicyAbi, "view", "terms">;
type MemberState = ContractFunctionReturnType<typeof trustPolicyAbi, "view", "members">[number];

export interface ReadPolicyParameters {
  policy: Address;
  /** The factory that should have made it. */
  factory: Address;
  blockNumber: bigint;
}

/** A policy's terms, and how its members stand. */
export interface Policy {
  readonly address: Address;
  /** Where its members record. */
  readonly registry: Address;
  readonly threshold: number;
  readonly contradictions: "refuse" | "any";
  readonly ownerRenounced: boolean;
  readonly members: readonly {
    /** What the terms want: zero is anything. */
    readonly terms: Terms["members"][number];
    /** What the chain has now. */
    readonly state: MemberState;
  }[];
  /**
   * Whether the factory made it, by its address: only then are these its terms for good and its members Cartesi's applications, since
   * anyone can deploy a contract that says so of itself.
   */
  readonly isByFactory: boolean;
}

/**
 * Reads a policy from the chain.
 *
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when there is no policy or no factory at its address.
 */
export async function readPolicy(
  client: Client,
  { policy: address, factory, blockNumber }: ReadPolicyParameters,
): Promise<Policy> {
  const contract = { address, abi: trustPolicyAbi, blockNumber } as const;
  const [terms, states, registry] = await Promise.all([
    readContract(client, { ...contract, functionName: "terms" }),
    readContract(client, { ...contract, functionName: "members" }),
    readContract(client, { ...contract, functionName: "registry" }),
  ]).catch(explainChainError);
  const made = await readContract(client, {
    ...{ address: factory, abi: trustPolicyFactoryAbi, functionName: "policyOf" },
    args: [terms],
    blockNumber,
  }).catch(explainChainError);
  return {
    ...{ address, registry, threshold: terms.threshold, ownerRenounced: terms.ownerRenounced },
    contradictions: terms.contradictions === Contradictions.Any ? "any" : "refuse",
    members: terms.members.flatMap((member, index) => {
      const state = states[index];
      return state ? { terms: member, state } : [];
    }),
    isByFactory: made.toLowerCase() === address.toLowerCase(),
  };
}
