import { ponder } from "ponder:registry";
import { claim, request } from "ponder:schema";
import { and, eq, lte } from "ponder";
import type { Address, Hex } from "viem";

ponder.on("Consensus:ClaimSubmitted", async ({ event, context }) => {
  const { submitter, appContract, lastProcessedBlockNumber, outputsMerkleRoot } = event.args;
  await context.db
    .insert(claim)
    .values({
      id: claimId(event.log.address, appContract, lastProcessedBlockNumber, outputsMerkleRoot),
      applicationAddress: appContract,
      consensus: event.log.address,
      lastProcessedBlock: lastProcessedBlockNumber,
      outputsMerkleRoot,
      submitters: [submitter],
      status: "submitted",
    })
    .onConflictDoUpdate((row) => ({ submitters: [...row.submitters, submitter] }));
});

ponder.on("Consensus:ClaimAccepted", async ({ event, context }) => {
  const { appContract, lastProcessedBlockNumber, outputsMerkleRoot } = event.args;
  const accepted = {
    status: "accepted",
    acceptedAt: event.block.timestamp,
    acceptedIn: event.transaction.hash,
  } as const;
  await context.db
    .insert(claim)
    .values({
      id: claimId(event.log.address, appContract, lastProcessedBlockNumber, outputsMerkleRoot),
      applicationAddress: appContract,
      consensus: event.log.address,
      lastProcessedBlock: lastProcessedBlockNumber,
      outputsMerkleRoot,
      submitters: [],
      ...accepted,
    })
    .onConflictDoUpdate(accepted);
  await context.db.sql
    .update(request)
    .set({ status: "claimed" })
    .where(
      and(
        eq(request.applicationAddress, appContract),
        eq(request.status, "submitted"),
        lte(request.blockNumber, lastProcessedBlockNumber),
      ),
    );
});

function claimId(consensus: Address, application: Address, block: bigint, root: Hex): string {
  return `${consensus}-${application}-${block}-${root}`;
}
