import { keccak256, type PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { hexOf } from "../model/bytes.ts";
import type { AddedInput } from "../model/chainEvents.ts";
import { lastInputBlock } from "../store/blocksTable.ts";
import { inputCount, readInputForMachine } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { inputBoxAbi } from "./abis.ts";
import { ChainDataError, MissingEventsError } from "./chainErrors.ts";
import { readBlockRef } from "./readBlockRef.ts";

const QUESTIONS_AT_A_TIME = 16;

/**
 * The inputs of some blocks that are not in the database yet; those that are, because the blocks are read once more,
 * must be the same.
 *
 * @throws MissingEventsError when an input between them is missing.
 * @throws ChainDataError when they come in another order, or one is another than it was.
 */
export function newInputs(store: Store, inputs: readonly AddedInput[]): AddedInput[] {
  const known = inputCount(store);
  inputs.forEach(({ index, raw }, position) => {
    const due = position === 0 ? (index < known ? index : known) : inputs[position - 1]!.index + 1n;
    if (index > due && position === 0) {
      throw missingInputs(store, `input ${index} came where ${due} was due`);
    }
    if (index !== due) {
      throw new ChainDataError(`input ${index} came where ${due} was due`);
    }
    if (index < known && hexOf(readInputForMachine(store, index).raw) !== raw) {
      throw new ChainDataError(`input ${index} is another than it was`);
    }
  });
  return inputs.filter(({ index }) => index >= known);
}

/** Inputs that an endpoint left out may have come in blocks that were read already, after the last input. */
export function missingInputs(store: Store, details: string): MissingEventsError {
  return new MissingEventsError(details, lastInputBlock(store) - 1n);
}

/** What the logs say must be what the InputBox keeps the hashes of, in the blocks that the chain holds. */
export async function expectInputsOnChain(
  client: PublicClient,
  facts: ApplicationInfo,
  inputs: readonly AddedInput[],
  blockNumber: bigint,
): Promise<void> {
  await inGroups(inputs, async ({ index, raw }) => {
    const expected = await client.readContract({
      address: facts.inputBox,
      abi: inputBoxAbi,
      functionName: "getInputHash",
      args: [facts.address, index],
      blockNumber,
    });
    if (keccak256(raw) !== expected) {
      throw new ChainDataError(`input ${index} is not the InputBox's`);
    }
  });
  const firstOfBlock = inputs.filter(({ block }, at) => block.hash !== inputs[at - 1]?.block.hash);
  await inGroups(firstOfBlock, async ({ index, block }) => {
    const found = await readBlockRef(client, { blockNumber: block.number });
    if (found?.hash === block.hash) {
      return;
    }
    throw new ChainDataError(
      `the log of input ${index} names block ${block.number} ${block.hash}, which is ${found?.hash ?? "absent"}`,
    );
  });
}

async function inGroups<T>(items: readonly T[], ask: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += QUESTIONS_AT_A_TIME) {
    await Promise.all(items.slice(start, start + QUESTIONS_AT_A_TIME).map(ask));
  }
}
