import { type Context, ponder } from "ponder:registry";
import { application, consensusChange, ownership } from "ponder:schema";
import type { Address } from "viem";
import { placeOf } from "./placeOf.ts";

/** What happened to an application at a block. */
interface Occurrence {
  event: { block: { number: bigint; timestamp: bigint } };
  context: Context;
}

/** The key of an application's row, which is made if it is not there: anyone may call the registry. */
export async function ensureApplication(
  { event, context }: Occurrence,
  address: Address,
): Promise<{ chainId: number; address: Address }> {
  const key = { chainId: context.chain.id, address };
  await context.db
    .insert(application)
    .values({
      ...key,
      origin: "unknown",
      inputs: 0n,
      claimedInputs: 0n,
      acceptedInputs: 0n,
      firstSeenAt: event.block.timestamp,
      blockNumber: event.block.number,
    })
    .onConflictDoNothing();
  return key;
}

ponder.on("ApplicationFactory:ApplicationCreated", async ({ event, context }) => {
  const { appContract, templateHash, dataAvailability, outputsMerkleRootValidator, appOwner } = event.args;
  const key = await ensureApplication({ event, context }, appContract);
  await context.db.update(application, key).set({
    origin: "factory",
    templateHash,
    dataAvailability,
    consensus: outputsMerkleRootValidator,
    owner: appOwner,
  });
  await context.db.insert(consensusChange).values({
    id: event.id,
    chainId: context.chain.id,
    applicationAddress: appContract,
    consensus: outputsMerkleRootValidator,
    since: event.block.timestamp,
    ...placeOf(event),
  });
});

ponder.on("Application:OutputsMerkleRootValidatorChanged", async ({ event, context }) => {
  const { newOutputsMerkleRootValidator } = event.args;
  const key = await ensureApplication({ event, context }, event.log.address);
  await context.db.update(application, key).set({ consensus: newOutputsMerkleRootValidator });
  await context.db.insert(consensusChange).values({
    id: event.id,
    chainId: context.chain.id,
    applicationAddress: event.log.address,
    consensus: newOutputsMerkleRootValidator,
    since: event.block.timestamp,
    ...placeOf(event),
  });
});

ponder.on("Application:OwnershipTransferred", async ({ event, context }) => {
  const { previousOwner, newOwner } = event.args;
  const key = await ensureApplication({ event, context }, event.log.address);
  await context.db.update(application, key).set({ owner: newOwner });
  await context.db.insert(ownership).values({
    id: event.id,
    ...key,
    previousOwner,
    owner: newOwner,
    since: event.block.timestamp,
    ...placeOf(event),
  });
});
