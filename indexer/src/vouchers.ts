import { type Context, ponder } from "ponder:registry";
import { output, request, voucher } from "ponder:schema";
import { and, asc, eq, inArray, isNull } from "ponder";
import type { Address } from "viem";
import { decodeOutput, decodeRecord } from "../../protocol/index.ts";

ponder.on("Application:OutputExecuted", async ({ event, context }) => {
  const { outputIndex, output: executed } = event.args;
  const applicationAddress = event.log.address;
  const call = decodeOutput(executed);
  if (call?.type !== "Voucher") {
    return;
  }
  const id = `${applicationAddress}-${outputIndex}`;
  await context.db.insert(voucher).values({
    id,
    applicationAddress,
    outputIndex,
    destination: call.destination,
    payload: call.payload,
    executedAt: event.block.timestamp,
    transactionHash: event.transaction.hash,
  });
  await linkOutputs(context, applicationAddress, id, decodeRecord(call.payload) ?? []);
});

/** Links a voucher's outputs to it, and both to the first request for one of them that has no voucher yet. */
async function linkOutputs(
  context: Context,
  applicationAddress: Address,
  voucherId: string,
  outputs: readonly { storePath: string; drvPath: string }[],
): Promise<void> {
  if (outputs.length === 0) {
    return;
  }
  const [answered] = await context.db.sql
    .select({ id: request.id })
    .from(request)
    .where(
      and(
        eq(request.applicationAddress, applicationAddress),
        inArray(request.kind, ["build", "rebuild"]),
        isNull(request.voucherId),
        inArray(
          request.drvPath,
          outputs.map(({ drvPath }) => drvPath),
        ),
      ),
    )
    .orderBy(asc(request.inputIndex))
    .limit(1);
  if (answered) {
    await context.db.update(request, { id: answered.id }).set({ status: "executed", voucherId });
  }
  for (const { storePath } of outputs) {
    const row = await context.db.find(output, { applicationAddress, storePath });
    if (row?.voucherId === null) {
      await context.db
        .update(output, { applicationAddress, storePath })
        .set({ voucherId, requestId: answered?.id ?? null });
    }
  }
}
