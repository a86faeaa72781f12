import { ponder } from "ponder:registry";
import { gateEvent } from "ponder:schema";
import { formatNarHash } from "../../protocol/index.ts";
import { follows } from "./indexed.ts";
import { placeOf } from "./placeOf.ts";
import { storable } from "./storable.ts";

if (follows.upgradeGates) {
  ponder.on("UpgradeGate:Announced", async ({ event, context }) => {
    const { storePath, narHash, data, readyAt } = event.args;
    await context.db.insert(gateEvent).values({
      ...{ id: event.id, chainId: context.chain.id, gate: event.log.address, kind: "announced" },
      ...{ storePath: storable(storePath), narHash: formatNarHash(narHash), data, readyAt },
      happenedAt: event.block.timestamp,
      ...placeOf(event),
    });
  });

  ponder.on("UpgradeGate:Withdrawn", async ({ event, context }) => {
    await context.db.insert(gateEvent).values({
      ...{ id: event.id, chainId: context.chain.id, gate: event.log.address, kind: "withdrawn" },
      happenedAt: event.block.timestamp,
      ...placeOf(event),
    });
  });

  ponder.on("UpgradeGate:Built", async ({ event, context }) => {
    const { implementation, storePath, narHash } = event.args;
    await context.db.insert(gateEvent).values({
      ...{ id: event.id, chainId: context.chain.id, gate: event.log.address, kind: "built" },
      ...{ storePath: storable(storePath), narHash: formatNarHash(narHash), implementation },
      happenedAt: event.block.timestamp,
      ...placeOf(event),
    });
  });
}
