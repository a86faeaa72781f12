import type { Hash } from "viem";
import { applicationAbi } from "../chain/abis.ts";
import { firstExecutableOutput, provenOutput } from "../store/outputsTable.ts";
import type { ClaimerContext } from "./claimerContext.ts";
import { OutputNotProvenError } from "./claimerErrors.ts";
import { reasonOf } from "./reasonOf.ts";

/** Executes the oldest accepted voucher that nobody has executed; true when it sent a transaction. */
export async function executeNextOutput(context: ClaimerContext): Promise<boolean> {
  const { store, backoff, log } = context;
  while (true) {
    const index = firstExecutableOutput(store, (candidate) => backoff.allows(`output ${candidate}`));
    if (index === undefined) {
      return false;
    }
    backoff.failed(`output ${index}`); // unless the chain says otherwise before its pause is over
    try {
      if ((await executeOutput(context, index)) !== undefined) {
        return true;
      }
    } catch (error) {
      log.warn({ output: index, reason: reasonOf(error) }, "the output cannot be executed now");
    }
  }
}

/**
 * Sends the transaction that executes an output; `undefined` when it was executed already.
 *
 * @throws OutputNotProvenError while its epoch's claim is not computed; viem's error when the call would revert.
 */
export async function executeOutput(context: ClaimerContext, index: bigint): Promise<Hash | undefined> {
  const { client, store, facts, sender } = context;
  const application = { address: facts.address, abi: applicationAbi } as const;
  const proven = provenOutput(store, index);
  if (proven === undefined) {
    throw new OutputNotProvenError(index);
  }
  if (await client.readContract({ ...application, functionName: "wasOutputExecuted", args: [index] })) {
    return undefined;
  }
  return sender.send("execution", index, {
    ...application,
    functionName: "executeOutput",
    args: [proven.output, proven.proof],
  });
}
