import { type Address, isAddressEqual } from "viem";
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

/**
 * Submits the claim of the oldest epoch that has none.
 *
 * @returns whether it sent a transaction.
 */
export async function submitNextClaim(context: ClaimerContext): Promise<boolean> {
  const { store, application, sender, backoff, log } = context;
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
        address: application.consensus,
        abi: consensusAbi,
        functionName: "submitClaim",
        args: [application.address, epoch.lastBlock, epoch.outputsRoot],
      });
      return true;
    } catch (error) {
      backoff.failed(key);
      log.warn({ epoch: epoch.index, reason: reasonOf(error) }, "the claim cannot be submitted now");
    }
  }
  return false;
}

/** Whether our claim is unnecessary: an authority needs only one claim, a quorum one from each validator. */
async function isClaimed(context: ClaimerContext, epoch: ComputedEpoch): Promise<boolean> {
  const { store, application, sender, log } = context;
  const replacesOurs = (submitter: Address): boolean => {
    const { consensusType } = application;
    switch (consensusType) {
      case "AUTHORITY":
        return true;
      case "QUORUM":
        return isAddressEqual(submitter, sender.address);
      case "DISPUTE":
        return false; // its claims are the guard's
      default:
        return consensusType satisfies never;
    }
  };
  const claims = [...submittedClaims(store, epoch.index), ...(await newerClaims(context, epoch))].filter(
    ({ submitter }) => replacesOurs(submitter),
  );
  for (const { submitter, outputsRoot } of claims) {
    if (outputsRoot !== epoch.outputsRoot) {
      log.error(
        { epoch: epoch.index, ours: epoch.outputsRoot, theirs: outputsRoot, submitter },
        "the claim submitted for this epoch has a different outputs Merkle root",
      );
    }
  }
  return claims.length > 0;
}

/** The claims in blocks that are not in the database yet, which may stop at the safe or finalized block. */
async function newerClaims(
  { client, store, application }: ClaimerContext,
  epoch: ComputedEpoch,
): Promise<SubmittedClaim[]> {
  const fromBlock = readApplicationState(store).checkedBlock + 1n;
  const toBlock = await client.getBlockNumber();
  if (fromBlock > toBlock) {
    return [];
  }
  const events = await client.getContractEvents({
    address: application.consensus,
    abi: consensusAbi,
    eventName: "ClaimSubmitted",
    args: { appContract: application.address },
    fromBlock,
    toBlock,
    strict: true,
  });
  return events
    .filter(({ args }) => args.lastProcessedBlockNumber === epoch.lastBlock)
    .map(({ args }) => ({ submitter: args.submitter, outputsRoot: args.outputsMerkleRoot }));
}
