import { type Context, type Event, ponder } from "ponder:registry";
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
  await context.db
    .update(application, key)
    .set({ origin: "factory", templateHash, dataAvailability, owner: appOwner });
  await setConsensus({ event, context }, appContract, outputsMerkleRootValidator);
});

ponder.on("Application:OutputsMerkleRootValidatorChanged", async ({ event, context }) => {
  await ensureApplication({ event, context }, event.log.address);
  await setConsensus({ event, context }, event.log.address, event.args.newOutputsMerkleRootValidator);
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

type ConsensusEvent = Event<
  "ApplicationFactory:ApplicationCreated" | "Application:OutputsMerkleRootValidatorChanged"
>;

async function setConsensus(
  { event, context }: { event: ConsensusEvent; context: Context },
  applicationAddress: Address,
  consensus: Address,
): Promise<void> {
  const { id: chainId } = context.chain;
  await context.db.update(application, { chainId, address: applicationAddress }).set({ consensus });
  await context.db.insert(consensusChange).values({
    ...{ id: event.id, chainId, applicationAddress, consensus },
    since: event.block.timestamp,
    ...placeOf(event),
  });
}
