import { type Context, type Event, ponder } from "ponder:registry";
import { project, release } from "ponder:schema";
import { type Address, type Hex, zeroAddress } from "viem";
import { formatNarHash } from "../../protocol/index.ts";
import { follows } from "./indexed.ts";
import { placeOf } from "./placeOf.ts";
import { storable } from "./storable.ts";

if (follows.releaseRegistries) {
  ponder.on("ReleaseRegistry:Maintained", async ({ event, context }) => {
    const { maintainer } = event.args;
    await setProject({ event, context }, event.args, { maintainer, offeredTo: null });
  });

  ponder.on("ReleaseRegistry:Offered", async ({ event, context }) => {
    const { to } = event.args;
    await setProject({ event, context }, event.args, { offeredTo: to === zeroAddress ? null : to });
  });

  ponder.on("ReleaseRegistry:Published", async ({ event, context }) => {
    const { version, storePath, narHash } = event.args;
    await context.db
      .insert(release)
      .values({
        ...keyOf({ event, context }, event.args, version),
        projectName: storable(event.args.project),
        storePath: storable(storePath),
        narHash: formatNarHash(narHash),
        publishedAt: event.block.timestamp,
        ...placeOf(event),
      })
      .onConflictDoNothing();
  });

  ponder.on("ReleaseRegistry:Yanked", async ({ event, context }) => {
    const { version, reason } = event.args;
    const key = keyOf({ event, context }, event.args, version);
    if (await context.db.find(release, key)) {
      await context.db
        .update(release, key)
        .set({ yankReason: storable(reason), yankedAt: event.block.timestamp });
    }
  });
}

interface ReleaseEvent {
  event: Pick<Event, "block" | "log">;
  context: Context;
}

interface Project {
  projectKey: Hex;
  project: string;
}

async function setProject(
  { event, context }: ReleaseEvent,
  { projectKey, project: name }: Project,
  change: { maintainer?: Address; offeredTo: Address | null },
): Promise<void> {
  await context.db
    .insert(project)
    .values({
      ...{ chainId: context.chain.id, registry: event.log.address, projectKey, name: storable(name) },
      blockNumber: event.block.number,
      ...change,
    })
    .onConflictDoUpdate(change);
}

function keyOf({ event, context }: ReleaseEvent, { projectKey }: Project, version: string) {
  return {
    ...{ chainId: context.chain.id, registry: event.log.address, projectKey },
    version: storable(version),
  };
}
