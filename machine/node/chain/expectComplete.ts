import type { PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { epochsAwaitingAcceptance } from "../store/epochsTable.ts";
import { executionCount } from "../store/executionsTable.ts";
import type { Store } from "../store/openStore.ts";
import { outputCount } from "../store/outputsTable.ts";
import { applicationAbi, consensusAbi } from "./abis.ts";
import { MissingEventsError } from "./chainErrors.ts";
import { expectDisputesComplete } from "./expectDisputes.ts";

/**
 * Compares the claims and executions that were read with the contracts' state at a block, because omitted logs would
 * otherwise go unnoticed.
 *
 * @throws {MissingEventsError} when the endpoint omitted an event.
 */
export async function expectComplete(
  client: PublicClient,
  store: Store,
  application: ApplicationInfo,
  blockNumber: bigint,
): Promise<void> {
  if (application.terms === undefined) {
    await expectNoOtherAcceptance(client, store, application, blockNumber);
  } else {
    await expectDisputesComplete(client, store, application, blockNumber);
  }
  await expectNoOtherExecution(client, store, application, blockNumber);
}

async function expectNoOtherAcceptance(
  client: PublicClient,
  store: Store,
  application: ApplicationInfo,
  blockNumber: bigint,
): Promise<void> {
  const [oldest] = epochsAwaitingAcceptance(store);
  if (oldest !== undefined) {
    const accepted = await client.readContract({
      address: application.consensus,
      abi: consensusAbi,
      functionName: "isOutputsMerkleRootValid",
      args: [application.address, oldest.outputsRoot],
      blockNumber,
    });
    if (accepted) {
      throw new MissingEventsError(
        `epoch ${oldest.index} is accepted at block ${blockNumber}, but its ClaimAccepted log is missing`,
        oldest.lastBlock,
      );
    }
  }
}

async function expectNoOtherExecution(
  client: PublicClient,
  store: Store,
  application: ApplicationInfo,
  blockNumber: bigint,
): Promise<void> {
  if (outputCount(store) === 0n) {
    return;
  }
  const executed = await client.readContract({
    address: application.address,
    abi: applicationAbi,
    functionName: "getNumberOfExecutedOutputs",
    blockNumber,
  });
  const known = executionCount(store);
  if (executed === known) {
    return;
  }
  throw new MissingEventsError(
    `the application counts ${executed} executed outputs at block ${blockNumber}, the logs contain ${known}`,
    application.firstBlock - 1n,
  );
}
