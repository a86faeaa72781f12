import { type Context, ponder } from "ponder:registry";
import { consensus, ownership } from "ponder:schema";
import type { Address } from "viem";
import { placeOf } from "./placeOf.ts";

ponder.on("AuthorityFactory:AuthorityCreated", async ({ event, context }) => {
  await setKind({ event, context }, event.args.authority, "authority");
});

ponder.on("QuorumFactory:QuorumCreated", async ({ event, context }) => {
  await setKind({ event, context }, event.args.quorum, "quorum");
});

/** An Authority has its first owner before the factory's event. */
ponder.on("Authority:OwnershipTransferred", async ({ event, context }) => {
  const { previousOwner, newOwner } = event.args;
  const key = { chainId: context.chain.id, address: event.log.address };
  await context.db
    .insert(consensus)
    .values({ ...key, kind: "authority", owner: newOwner, blockNumber: event.block.number })
    .onConflictDoUpdate({ owner: newOwner });
  await context.db.insert(ownership).values({
    id: event.id,
    ...key,
    previousOwner,
    owner: newOwner,
    since: event.block.timestamp,
    ...placeOf(event),
  });
});

async function setKind(
  { event, context }: { event: { block: { number: bigint } }; context: Context },
  address: Address,
  kind: "authority" | "quorum",
): Promise<void> {
  await context.db
    .insert(consensus)
    .values({ chainId: context.chain.id, address, kind, blockNumber: event.block.number })
    .onConflictDoUpdate({ kind });
}
