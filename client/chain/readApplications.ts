import type { Address, Client } from "viem";
import { readContract } from "viem/actions";
import { trustPolicyAbi } from "../../abi/index.ts";
import { type Authority, contractsIn } from "../../trust/index.ts";
import { explainChainError } from "./explainChainError.ts";

/**
 * The applications whose records count for an authority, each once: those that it names, and the members of its policies.
 *
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when a policy is not at its address.
 */
export async function readApplications(
  client: Client,
  { authority, blockNumber }: { authority: Authority; blockNumber: bigint },
): Promise<Address[]> {
  const found = await Promise.all(
    contractsIn(authority).map(async ({ kind, address }) =>
      kind === "application" ? [address] : readMembers(client, address, blockNumber),
    ),
  );
  return [...new Map(found.flat().map((address) => [address.toLowerCase(), address])).values()];
}

async function readMembers(client: Client, policy: Address, blockNumber: bigint): Promise<Address[]> {
  const { members } = await readContract(client, {
    ...{ address: policy, abi: trustPolicyAbi, functionName: "terms" },
    blockNumber,
  }).catch(explainChainError);
  return members.map(({ application }) => application);
}
