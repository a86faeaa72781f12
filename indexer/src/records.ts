import { type Context, type Event, ponder } from "ponder:registry";
import { derivation, observation, output, reference } from "ponder:schema";
import { and, eq } from "ponder";
import type { Address } from "viem";
import { formatNarHash } from "../../protocol/index.ts";
import { ensureApplication } from "./ensureApplication.ts";
import { nameOf } from "./storePath.ts";

ponder.on("BuildRegistry:OutputRecorded", async ({ event, context }) => {
  const { application: applicationAddress, pathKey, output: recorded } = event.args;
  await observe({ event, context }, "recorded");
  await context.db
    .insert(derivation)
    .values({
      drvPath: recorded.drvPath,
      name: nameOf(recorded.drvPath),
      firstSeenAt: event.block.timestamp,
    })
    .onConflictDoNothing();
  await context.db.insert(output).values({
    applicationAddress,
    storePath: recorded.storePath,
    pathKey,
    name: nameOf(recorded.storePath),
    drvPath: recorded.drvPath,
    outputName: recorded.outputName,
    narHash: formatNarHash(recorded.narHash),
    narSize: recorded.narSize,
    inputsHash: recorded.inputsHash,
    confirmations: 0,
    conflicts: 0,
    recordedAt: event.block.timestamp,
    blockNumber: event.block.number,
    transactionHash: event.transaction.hash,
  });
  for (const target of new Set(recorded.references)) {
    await context.db
      .insert(reference)
      .values({ applicationAddress, storePath: recorded.storePath, target })
      .onConflictDoNothing();
  }
});

ponder.on("BuildRegistry:OutputConfirmed", async ({ event, context }) => {
  const { application: applicationAddress, output: confirmed } = event.args;
  await observe({ event, context }, "confirmed");
  await context.db
    .update(output, { applicationAddress, storePath: confirmed.storePath })
    .set((row) => ({ confirmations: row.confirmations + 1 }));
});

ponder.on("BuildRegistry:OutputConflicted", async ({ event, context }) => {
  const { application: applicationAddress, output: conflicting } = event.args;
  const isNew = !(await wasObserved(
    context,
    applicationAddress,
    conflicting.storePath,
    formatNarHash(conflicting.narHash),
  ));
  await observe({ event, context }, "conflicted");
  // like the registry: each conflicting hash counts once, however often it is repeated
  if (isNew) {
    await context.db
      .update(output, { applicationAddress, storePath: conflicting.storePath })
      .set((row) => ({ conflicts: row.conflicts + 1 }));
  }
});

async function wasObserved(
  context: Context,
  address: Address,
  storePath: string,
  narHash: string,
): Promise<boolean> {
  const [row] = await context.db.sql
    .select({ id: observation.id })
    .from(observation)
    .where(
      and(
        eq(observation.applicationAddress, address),
        eq(observation.storePath, storePath),
        eq(observation.narHash, narHash),
      ),
    )
    .limit(1);
  return row !== undefined;
}

type RecordEvent = Event<`BuildRegistry:Output${"Recorded" | "Confirmed" | "Conflicted"}`>;

async function observe(
  { event, context }: { event: RecordEvent; context: Context },
  verdict: "recorded" | "confirmed" | "conflicted",
): Promise<void> {
  const { application: applicationAddress, output: reported } = event.args;
  await ensureApplication(context, applicationAddress, event.block.timestamp);
  await context.db.insert(observation).values({
    id: event.id,
    applicationAddress,
    storePath: reported.storePath,
    drvPath: reported.drvPath,
    outputName: reported.outputName,
    narHash: formatNarHash(reported.narHash),
    verdict,
    observedAt: event.block.timestamp,
    transactionHash: event.transaction.hash,
  });
}
