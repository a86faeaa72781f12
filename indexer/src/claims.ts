import { type Context, ponder } from "ponder:registry";
import { application, claim, request } from "ponder:schema";
import type { Address, Hex } from "viem";
import { findDeployment } from "./indexed.ts";
import { placeOf } from "./placeOf.ts";

ponder.on("Consensus:ClaimSubmitted", async ({ event, context }) => {
  const { submitter, appContract, lastProcessedBlockNumber, outputsMerkleRoot } = event.args;
  if (!(await isFromConsensus(context, appContract, event.log.address))) {
    return;
  }
  const id = claimId(context, event.log.address, event.args);
  await context.db
    .insert(claim)
    .values({
      id,
      chainId: context.chain.id,
      applicationAddress: appContract,
      consensus: event.log.address,
      lastProcessedBlock: lastProcessedBlockNumber,
      outputsMerkleRoot,
      submitters: [submitter],
      status: "submitted",
      submittedAt: event.block.timestamp,
      submittedIn: event.transaction.hash,
      ...placeOf(event),
    })
    .onConflictDoUpdate((row) => ({ submitters: [...row.submitters, submitter] }));
  await coverInputs(context, appContract, lastProcessedBlockNumber, "claimedInputs", {
    status: "claimed",
    claimId: id,
    claimedAt: event.block.timestamp,
  });
});

ponder.on("Consensus:ClaimAccepted", async ({ event, context }) => {
  const { appContract, lastProcessedBlockNumber, outputsMerkleRoot } = event.args;
  if (!(await isFromConsensus(context, appContract, event.log.address))) {
    return;
  }
  const id = claimId(context, event.log.address, event.args);
  const accepted = {
    status: "accepted",
    acceptedAt: event.block.timestamp,
    acceptedBlock: event.block.number,
    acceptedIn: event.transaction.hash,
  } as const;
  await context.db
    .insert(claim)
    .values({
      id,
      chainId: context.chain.id,
      applicationAddress: appContract,
      consensus: event.log.address,
      lastProcessedBlock: lastProcessedBlockNumber,
      outputsMerkleRoot,
      submitters: [],
      ...accepted,
      ...placeOf(event),
    })
    .onConflictDoUpdate(accepted);
  await coverInputs(context, appContract, lastProcessedBlockNumber, "acceptedInputs", {
    status: "accepted",
    acceptedClaimId: id,
    acceptedAt: event.block.timestamp,
  });
});

/** Anyone can emit an event that names an application. */
async function isFromConsensus(context: Context, address: Address, emitter: Address): Promise<boolean> {
  const row = await context.db.find(application, { chainId: context.chain.id, address });
  const current = row?.consensus ?? findDeployment(context.chain.id, address)?.consensus;
  return current?.toLowerCase() === emitter.toLowerCase();
}

type Progress = Partial<typeof request.$inferInsert>;

/** Marks the inputs up to a block that no claim of this kind covered before. */
async function coverInputs(
  context: Context,
  address: Address,
  lastBlock: bigint,
  counter: "claimedInputs" | "acceptedInputs",
  progress: Progress,
): Promise<void> {
  const key = { chainId: context.chain.id, address };
  const row = await context.db.find(application, key);
  if (row === null) {
    return;
  }
  let covered = row[counter];
  for (; covered < row.inputs; covered += 1n) {
    const input = { chainId: context.chain.id, applicationAddress: address, inputIndex: covered };
    const found = await context.db.find(request, input);
    if (found === null || found.blockNumber > lastBlock) {
      break;
    }
    await context.db.update(request, input).set(progress);
  }
  if (covered > row[counter]) {
    await context.db.update(application, key).set({ [counter]: covered });
  }
}

function claimId(
  context: Context,
  consensus: Address,
  args: { appContract: Address; lastProcessedBlockNumber: bigint; outputsMerkleRoot: Hex },
): string {
  const { appContract, lastProcessedBlockNumber, outputsMerkleRoot } = args;
  return [context.chain.id, consensus, appContract, lastProcessedBlockNumber, outputsMerkleRoot].join("-");
}
