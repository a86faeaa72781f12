import { type Context, type Event, ponder } from "ponder:registry";
import { conflict, derivationConflict, observation, otherDerivation, output } from "ponder:schema";
import type { Hex } from "viem";
import { decodeRecord, formatNarHash, type RegistryOutput } from "../../protocol/index.ts";
import { pathKeyOf } from "../../trust/index.ts";
import { ensureApplication } from "./applications.ts";
import { describeOutputs } from "./describeOutputs.ts";
import { placeOf } from "./placeOf.ts";

type RecordEvent = Event<`BuildRegistry:Output${"Recorded" | "Confirmed" | "Conflicted"}`>;

interface Observed {
  event: RecordEvent;
  context: Context;
}

ponder.on("BuildRegistry:OutputRecorded", async ({ event, context }) => {
  await ensureApplication({ event, context }, event.args.application);
  await insertOutput({ event, context });
  await describeCalled({ event, context });
});

ponder.on("BuildRegistry:OutputConfirmed", async ({ event, context }) => {
  await ensureOutput({ event, context });
  await observe({ event, context }, "confirmed");
  await context.db
    .update(output, keyOf({ event, context }))
    .set(({ confirmations }) => ({ confirmations: confirmations + 1 }));
  await describeCalled({ event, context });
});

ponder.on("BuildRegistry:OutputConflicted", async ({ event, context }) => {
  const { inputIndex, narHash } = event.args;
  await ensureOutput({ event, context });
  await observe({ event, context }, "conflicted");
  await describeCalled({ event, context });
  const key = { ...keyOf({ event, context }), narHash: formatNarHash(narHash) };
  // like the registry: each conflicting hash counts once, however often it is repeated
  if (await context.db.find(conflict, key)) {
    return;
  }
  await context.db
    .insert(conflict)
    .values({ ...key, inputIndex, recordedAt: event.block.timestamp, ...placeOf(event) });
  await context.db
    .update(output, keyOf({ event, context }))
    .set(({ conflicts }) => ({ conflicts: conflicts + 1 }));
});

ponder.on("BuildRegistry:DerivationConflicted", async ({ event, context }) => {
  const { application: applicationAddress, derivationKey, pathKey, firstPathKey, inputIndex } = event.args;
  await context.db
    .insert(derivationConflict)
    .values({
      ...{ chainId: context.chain.id, applicationAddress, derivationKey, pathKey, firstPathKey, inputIndex },
      recordedAt: event.block.timestamp,
      ...placeOf(event),
    })
    .onConflictDoNothing();
});

function keyOf({ event, context }: Observed) {
  const { application: applicationAddress, pathKey } = event.args;
  return { chainId: context.chain.id, applicationAddress, pathKey };
}

async function insertOutput({ event, context }: Observed): Promise<void> {
  const { derivationKey, inputIndex, narHash } = event.args;
  await context.db
    .insert(output)
    .values({
      ...keyOf({ event, context }),
      ...{ derivationKey, inputIndex },
      narHash: formatNarHash(narHash),
      confirmations: 0,
      conflicts: 0,
      recordedAt: event.block.timestamp,
      ...placeOf(event),
    })
    .onConflictDoNothing();
}

/** A record may be older than what is indexed: then the first event about it stands for it. */
async function ensureOutput({ event, context }: Observed): Promise<void> {
  if (await context.db.find(output, keyOf({ event, context }))) {
    return;
  }
  await ensureApplication({ event, context }, event.args.application);
  await insertOutput({ event, context });
}

async function observe({ event, context }: Observed, verdict: "confirmed" | "conflicted"): Promise<void> {
  const { derivationKey, inputIndex, narHash } = event.args;
  const key = keyOf({ event, context });
  await context.db.insert(observation).values({
    id: event.id,
    ...key,
    ...{ derivationKey, inputIndex, verdict },
    narHash: formatNarHash(narHash),
    observedAt: event.block.timestamp,
    ...placeOf(event),
  });
  const row = await context.db.find(output, key);
  if (row?.derivationKey !== derivationKey) {
    await context.db
      .insert(otherDerivation)
      .values({
        ...key,
        derivationKey,
        blockNumber: event.block.number,
        transactionHash: event.transaction.hash,
      })
      .onConflictDoNothing();
  }
}

/** The texts of an account's own call of the registry. Those of a voucher come with its execution. */
async function describeCalled({ event, context }: Observed): Promise<void> {
  const { application: applicationAddress, pathKey } = event.args;
  const { to, from } = event.transaction;
  if (to === event.log.address && from === applicationAddress) {
    await describeOutputs(context, applicationAddress, outputsOf(event.transaction.input).get(pathKey) ?? []);
  }
}

type OutputsByKey = ReadonlyMap<Hex, readonly RegistryOutput[]>;

let lastCall: { input: Hex; outputs: OutputsByKey } | undefined;

/** What a call records, by its keys. The last one is kept: each output of a call has an event of its own. */
function outputsOf(input: Hex): OutputsByKey {
  if (lastCall?.input !== input) {
    const outputs = decodeRecord(input)?.outputs ?? [];
    lastCall = { input, outputs: Map.groupBy(outputs, ({ storePath }) => pathKeyOf(storePath)) };
  }
  return lastCall.outputs;
}
