import { type Context, type Event, ponder } from "ponder:registry";
import { observation, output } from "ponder:schema";
import { and, eq } from "ponder";
import type { Address, Hex } from "viem";
import { decodeRecord, formatNarHash } from "../../protocol/index.ts";
import { describeOutputs } from "./describeOutputs.ts";
import { ensureApplication } from "./ensureApplication.ts";

ponder.on("BuildRegistry:OutputRecorded", async ({ event, context }) => {
  const { application: applicationAddress, pathKey, derivationKey, inputIndex, narHash } = event.args;
  await observe({ event, context }, { verdict: "recorded", pathKey, derivationKey, inputIndex, narHash });
  await context.db.insert(output).values({
    applicationAddress,
    pathKey,
    derivationKey,
    narHash: formatNarHash(narHash),
    confirmations: 0,
    conflicts: 0,
    inputIndex,
    requestId: `${applicationAddress}-${inputIndex}`,
    recordedAt: event.block.timestamp,
    blockNumber: event.block.number,
    transactionHash: event.transaction.hash,
  });
  await describeCalled({ event, context });
});

ponder.on("BuildRegistry:OutputConfirmed", async ({ event, context }) => {
  const { application: applicationAddress, pathKey, derivationKey, inputIndex, narHash } = event.args;
  await observe({ event, context }, { verdict: "confirmed", pathKey, derivationKey, inputIndex, narHash });
  await context.db
    .update(output, { applicationAddress, pathKey })
    .set((row) => ({ confirmations: row.confirmations + 1 }));
});

ponder.on("BuildRegistry:OutputConflicted", async ({ event, context }) => {
  const { application: applicationAddress, pathKey, derivationKey, inputIndex, narHash } = event.args;
  const isNew = !(await wasObserved(context, applicationAddress, pathKey, formatNarHash(narHash)));
  await observe({ event, context }, { verdict: "conflicted", pathKey, derivationKey, inputIndex, narHash });
  // like the registry: each conflicting hash counts once, however often it is repeated
  if (isNew) {
    await context.db
      .update(output, { applicationAddress, pathKey })
      .set((row) => ({ conflicts: row.conflicts + 1 }));
  }
});

async function wasObserved(
  context: Context,
  address: Address,
  pathKey: Hex,
  narHash: string,
): Promise<boolean> {
  const [row] = await context.db.sql
    .select({ id: observation.id })
    .from(observation)
    .where(
      and(
        eq(observation.applicationAddress, address),
        eq(observation.pathKey, pathKey),
        eq(observation.narHash, narHash),
      ),
    )
    .limit(1);
  return row !== undefined;
}

type RecordEvent = Event<`BuildRegistry:Output${"Recorded" | "Confirmed" | "Conflicted"}`>;

interface Observed {
  verdict: "recorded" | "confirmed" | "conflicted";
  pathKey: Hex;
  derivationKey: Hex;
  inputIndex: bigint;
  narHash: Hex;
}

async function observe(
  { event, context }: { event: RecordEvent; context: Context },
  { narHash, ...observed }: Observed,
): Promise<void> {
  const applicationAddress = event.args.application;
  await ensureApplication(context, applicationAddress, event.block.timestamp);
  await context.db.insert(observation).values({
    id: event.id,
    applicationAddress,
    ...observed,
    narHash: formatNarHash(narHash),
    observedAt: event.block.timestamp,
    transactionHash: event.transaction.hash,
  });
}

/** The texts of an account's own call of the registry. Those of a voucher come with its execution. */
async function describeCalled({ event, context }: { event: RecordEvent; context: Context }): Promise<void> {
  const { application: applicationAddress, pathKey } = event.args;
  const { to, from, input } = event.transaction;
  if (to !== event.log.address || from !== applicationAddress) {
    return;
  }
  const outputs = decodeRecord(input)?.outputs ?? [];
  await describeOutputs({ event, context }, applicationAddress, outputs, (key) => key === pathKey);
}
