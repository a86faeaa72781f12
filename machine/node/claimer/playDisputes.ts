import { readDisputes } from "../../dispute/index.ts";
import { readApplicationState } from "../store/applicationTable.ts";
import { machineHashAfter, processedInputCount } from "../store/inputsTable.ts";
import { lastSeal, sealOf, stateAfterEpoch } from "../store/sealsTable.ts";
import type { ClaimerContext } from "./claimerContext.ts";

/**
 * Lets the guard send what is due in the disputes as they stand at the last block that was read.
 *
 * @returns whether it sent a transaction.
 */
export async function playDisputes(context: ClaimerContext, signal: AbortSignal): Promise<boolean> {
  const { client, store, application, sender, guard, log } = context;
  if (guard === undefined) {
    return false;
  }
  const { consensus, address, inputBox, firstBlock } = application;
  const { checkedBlock } = readApplicationState(store);
  const query = {
    consensus,
    application: address,
    inputBox,
    fromBlock: searchFrom(context) ?? firstBlock,
    blockNumber: checkedBlock,
  };
  const disputes = await readDisputes(client, query);
  const { state: accepted, firstInput } = disputes.epoch;
  if (processedInputCount(store) < firstInput) {
    return false;
  }
  if (accepted !== undefined && accepted !== machineHashAfter(store, firstInput)) {
    // A game starts from the accepted state: from another one, all that this machine computes would lose.
    log.error(
      { epoch: disputes.epoch.index, accepted },
      "a wrong state was accepted: the guard cannot play on",
    );
    return false;
  }
  const state = stateAfterEpoch(store, disputes.epoch.index);
  return guard.sendNext({ query, disputes, state }, { sender, signal });
}

/** The seal of the epoch before the last: no claim about the current epoch, or the one before, is older. */
function searchFrom({ store }: ClaimerContext): bigint | undefined {
  const newest = lastSeal(store);
  return newest && sealOf(store, newest.epoch - 1n)?.blockNumber;
}
