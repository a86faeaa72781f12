import type { PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { epochsAwaitingAcceptance } from "../store/epochsTable.ts";
import { executionCount } from "../store/executionsTable.ts";
import type { Store } from "../store/openStore.ts";
import { outputCount } from "../store/outputsTable.ts";
import { applicationAbi, consensusAbi } from "./abis.ts";
import { MissingEventsError } from "./chainErrors.ts";

/**
 * What was read of claims and executions must be all that the contracts know of at a block: logs that an endpoint left
 * out would else never be missed.
 *
 * @throws MissingEventsError
 */
export async function expectComplete(
  client: PublicClient,
  store: Store,
  facts: ApplicationInfo,
  blockNumber: bigint,
): Promise<void> {
  const [oldest] = epochsAwaitingAcceptance(store);
  if (oldest !== undefined) {
    const accepted = await client.readContract({
      address: facts.consensus,
      abi: consensusAbi,
      functionName: "isOutputsMerkleRootValid",
      args: [facts.address, oldest.outputsRoot],
      blockNumber,
    });
    if (accepted) {
      throw new MissingEventsError(
        `epoch ${oldest.index} is accepted at block ${blockNumber}, but no log of that came`,
        oldest.lastBlock,
      );
    }
  }
  if (outputCount(store) === 0n) {
    return;
  }
  const executed = await client.readContract({
    address: facts.address,
    abi: applicationAbi,
    functionName: "getNumberOfExecutedOutputs",
    blockNumber,
  });
  const known = executionCount(store);
  if (executed === known) {
    return;
  }
  throw new MissingEventsError(
    `the application counts ${executed} executed outputs at block ${blockNumber}, the logs hold ${known}`,
    facts.firstBlock - 1n,
  );
}
