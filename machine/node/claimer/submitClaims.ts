import { isAddressEqual } from "viem";
import { consensusAbi } from "../chain/abis.ts";
import { readApplicationState } from "../store/applicationTable.ts";
import {
  type ComputedEpoch,
  epochsAwaitingAcceptance,
  type SubmittedClaim,
  submittedClaims,
} from "../store/epochsTable.ts";
import type { ClaimerContext } from "./claimerContext.ts";
import { reasonOf } from "./reasonOf.ts";

/** Submits the claim of the oldest epoch that lacks it; true when it sent one. */
export async function submitNextClaim(context: ClaimerContext): Promise<boolean> {
  const { store, facts, sender, backoff, log } = context;
  for (const epoch of epochsAwaitingAcceptance(store)) {
    const key = `claim ${epoch.index}`;
    if (!backoff.allows(key)) {
      continue;
    }
    if (await isClaimed(context, epoch)) {
      backoff.failed(key);
      continue;
    }
    try {
      await sender.send("claim", epoch.index, {
        address: facts.consensus,
        abi: consensusAbi,
        functionName: "submitClaim",
        args: [facts.address, epoch.lastBlock, epoch.outputsRoot],
      });
      return true;
    } catch (error) {
      backoff.failed(key);
      log.warn({ epoch: epoch.index, reason: reasonOf(error) }, "the claim cannot be submitted now");
    }
  }
  return false;
}

/** Whether the consensus has a claim that makes ours needless: any of an authority's, of a quorum's our own. */
async function isClaimed(context: ClaimerContext, epoch: ComputedEpoch): Promise<boolean> {
  const { store, facts, sender, log } = context;
  const claims = [...submittedClaims(store, epoch.index), ...(await newerClaims(context, epoch))].filter(
    ({ submitter }) => facts.consensusType === "AUTHORITY" || isAddressEqual(submitter, sender.address),
  );
  for (const { submitter, outputsRoot } of claims) {
    if (outputsRoot === epoch.outputsRoot) {
      continue;
    }
    log.error(
      { epoch: epoch.index, ours: epoch.outputsRoot, theirs: outputsRoot, submitter },
      "somebody claimed another outputs root for this epoch",
    );
  }
  return claims.length > 0;
}

/** The claims of blocks that are not yet in the database, since it follows the settled chain only. */
async function newerClaims(
  { client, store, facts }: ClaimerContext,
  epoch: ComputedEpoch,
): Promise<SubmittedClaim[]> {
  const fromBlock = readApplicationState(store).checkedBlock + 1n;
  const toBlock = await client.getBlockNumber();
  if (fromBlock > toBlock) {
    return [];
  }
  const events = await client.getContractEvents({
    address: facts.consensus,
    abi: consensusAbi,
    eventName: "ClaimSubmitted",
    args: { appContract: facts.address },
    fromBlock,
    toBlock,
    strict: true,
  });
  return events
    .filter(({ args }) => args.lastProcessedBlockNumber === epoch.lastBlock)
    .map(({ args }) => ({ submitter: args.submitter, outputsRoot: args.outputsMerkleRoot }));
}
