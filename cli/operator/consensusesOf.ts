import { type Address, type Client, getAbiItem, getAddress, isAddressEqual } from "viem";
import { readContract } from "viem/actions";
import { applicationAbi } from "../../abi/index.ts";
import { DamagedDeploymentError, explainChainError, readLogs } from "../../client/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";

const CHANGED = getAbiItem({ abi: applicationAbi, name: "OutputsMerkleRootValidatorChanged" });

/**
 * The consensuses whose claims an application ever believed: its owner, if it has one, may have changed it.
 *
 * @param range from the block that created the application.
 * @throws {DamagedDeploymentError} when the deployment's was none of them.
 */
export async function consensusesOf(
  client: Client,
  { application, consensus }: Pick<Deployment, "application" | "consensus">,
  { fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint },
): Promise<Address[]> {
  const [current, changes] = await Promise.all([
    readContract(client, {
      ...{ address: application, abi: applicationAbi, blockNumber: toBlock },
      functionName: "getOutputsMerkleRootValidator",
    }).catch(explainChainError),
    readLogs(client, {
      ...{ address: application, event: CHANGED, args: {} },
      ...{ fromBlock, toBlock },
    }),
  ]);
  if (changes.length === 0 && !isAddressEqual(current, consensus)) {
    throw new DamagedDeploymentError(`the application's consensus is ${current}, not ${consensus}`, {
      details: `the claims of ${consensus} say nothing of ${application}`,
      remedy: "do not trust this deployment file",
    });
  }
  const later = changes.map(({ args }) => args.newOutputsMerkleRootValidator);
  return [...new Set([consensus, ...later, current].map((address) => getAddress(address)))];
}
