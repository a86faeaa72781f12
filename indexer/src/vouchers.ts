import { ponder } from "ponder:registry";
import { output, request, voucher } from "ponder:schema";
import { keccak256, stringToBytes } from "viem";
import { decodeOutput, decodeRecord } from "../../protocol/index.ts";
import { describeOutputs } from "./describeOutputs.ts";

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
  const recorded = decodeRecord(call.payload);
  if (!recorded) {
    return;
  }
  await describeOutputs({ event, context }, applicationAddress, recorded.outputs, () => true);
  const requestId = `${applicationAddress}-${recorded.inputIndex}`;
  if (await context.db.find(request, { id: requestId })) {
    await context.db.update(request, { id: requestId }).set({ status: "executed", voucherId: id });
  }
  for (const { storePath } of recorded.outputs) {
    const key = { applicationAddress, pathKey: keccak256(stringToBytes(storePath)) };
    const row = await context.db.find(output, key);
    if (row?.voucherId === null) {
      await context.db.update(output, key).set({ voucherId: id });
    }
  }
});
