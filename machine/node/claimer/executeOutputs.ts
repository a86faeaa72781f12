import type { Hash } from "viem";
import { applicationAbi } from "../chain/abis.ts";
import { firstExecutableOutput, provenOutput } from "../store/outputsTable.ts";
import type { ClaimerContext } from "./claimerContext.ts";
import { OutputNotProvenError } from "./claimerErrors.ts";
import { reasonOf } from "./reasonOf.ts";

/**
 * Executes the oldest accepted voucher that is not executed yet.
 *
 * @returns whether it sent a transaction.
 */
export async function executeNextOutput(context: ClaimerContext): Promise<boolean> {
  const { store, backoff, log } = context;
  while (true) {
    const index = firstExecutableOutput(store, (candidate) => backoff.allows(`output ${candidate}`));
    if (index === undefined) {
      return false;
    }
    backoff.failed(`output ${index}`); // until the chain reports it as executed
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
 * Sends the transaction that executes an output.
 *
 * @returns the transaction's hash; `undefined` if the output was already executed.
 * @throws {OutputNotProvenError} until its epoch's claim is computed.
 * @throws viem's error when the call would revert.
 */
export async function executeOutput(context: ClaimerContext, index: bigint): Promise<Hash | undefined> {
  const { client, store, application, sender } = context;
  const contract = { address: application.address, abi: applicationAbi } as const;
  const proven = provenOutput(store, index);
  if (proven === undefined) {
    throw new OutputNotProvenError(index);
  }
  if (await client.readContract({ ...contract, functionName: "wasOutputExecuted", args: [index] })) {
    return undefined;
  }
  return sender.send("execution", index, {
    ...contract,
    functionName: "executeOutput",
    args: [proven.output, proven.proof],
  });
}
