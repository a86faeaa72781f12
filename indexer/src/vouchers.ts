import { ponder } from "ponder:registry";
import { request, voucher } from "ponder:schema";
import { size } from "viem";
import { decodeOutput, decodeRecord } from "../../protocol/index.ts";
import { describeOutputs } from "./describeOutputs.ts";
import { isRegistry } from "./indexed.ts";
import { placeOf } from "./placeOf.ts";

ponder.on("Application:OutputExecuted", async ({ event, context }) => {
  const { outputIndex, output: executed } = event.args;
  const applicationAddress = event.log.address;
  const call = decodeOutput(executed);
  if (call?.type !== "Voucher") {
    return;
  }
  const of = { chainId: context.chain.id, applicationAddress };
  // What any other contract is sent may look like the call, but nobody has checked its texts.
  const record = isRegistry(of.chainId, call.destination) ? decodeRecord(call.payload) : undefined;
  await context.db
    .insert(voucher)
    .values({
      ...of,
      outputIndex,
      destination: call.destination,
      payloadBytes: size(call.payload),
      inputIndex: record?.inputIndex,
      executedAt: event.block.timestamp,
      ...placeOf(event),
    })
    .onConflictDoNothing();
  if (record === undefined) {
    return;
  }
  await describeOutputs(context, applicationAddress, record.outputs, outputIndex);
  const input = { ...of, inputIndex: record.inputIndex };
  const found = await context.db.find(request, input);
  if (found && found.executedAt === null) {
    await context.db.update(request, input).set({
      status: "executed",
      executedAt: event.block.timestamp,
      executedIn: event.transaction.hash,
    });
  }
});
