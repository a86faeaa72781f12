import type { PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { BlockRef, ChainBatch } from "../model/chainEvents.ts";
import { expectBlockRef } from "./readBlockRef.ts";
import { readClaimsAndExecutions } from "./readClaimsAndExecutions.ts";
import { readInputs } from "./readInputs.ts";

export interface BatchRange {
  fromBlock: bigint;
  upTo: BlockRef;
  /** The first input to look for, and the number of inputs that the InputBox has. */
  inputs: readonly [known: bigint, total: bigint];
  /** How many claims and executions end the batch. */
  maxEvents?: number | undefined;
}

/**
 * Reads the events of the application in the blocks from `fromBlock` up to and including `upTo`, but not more than a page
 * of inputs, and one of claims and executions. A full page of inputs ends the batch with the last of them, in the middle of its
 * block if need be; one of claims and executions ends it with a block.
 *
 * @throws {ChainDataError} when the responses contradict each other.
 */
export async function readBatch(
  client: PublicClient,
  application: ApplicationInfo,
  { fromBlock, upTo, inputs: range, maxEvents }: BatchRange,
): Promise<ChainBatch> {
  const { inputs, isCut } = await readInputs(client, application, {
    fromBlock,
    toBlock: upTo.number,
    inputs: range,
  });
  const end = isCut ? inputs.at(-1)!.block : upTo;
  const lastComplete = isCut ? end.number - 1n : end.number;
  if (lastComplete < fromBlock) {
    return { upTo: end, checkedBlock: lastComplete, inputs, claims: [], disputes: [], executions: [] };
  }
  const { toBlock, claims, disputes, executions } = await readClaimsAndExecutions(client, application, {
    fromBlock,
    toBlock: lastComplete,
    maxEvents,
  });
  if (toBlock === lastComplete) {
    return { upTo: end, checkedBlock: lastComplete, inputs, claims, disputes, executions };
  }
  return {
    upTo: await expectBlockRef(client, toBlock),
    checkedBlock: toBlock,
    inputs: inputs.filter(({ block }) => block.number <= toBlock),
    claims,
    disputes,
    executions,
  };
}
