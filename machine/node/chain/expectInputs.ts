import { keccak256, type PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { hexOf } from "../model/bytes.ts";
import type { AddedInput } from "../model/chainEvents.ts";
import { lastInputBlock } from "../store/blocksTable.ts";
import { inputCount, readInput } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { inputBoxAbi } from "./abis.ts";
import { ChainDataError, MissingEventsError } from "./chainErrors.ts";
import { readBlockRef } from "./readBlockRef.ts";

const MAX_CONCURRENT_CALLS = 16;

/**
 * Selects the inputs that are not in the database yet. Those that are, because their blocks are read again, must be
 * unchanged.
 *
 * @throws {MissingEventsError} when inputs before them are missing.
 * @throws {ChainDataError} when they are out of order, or one has changed.
 */
export function newInputs(store: Store, inputs: readonly AddedInput[]): AddedInput[] {
  const known = inputCount(store);
  inputs.forEach(({ index, raw }, position) => {
    const expected = position === 0 ? (index < known ? index : known) : inputs[position - 1]!.index + 1n;
    if (index > expected && position === 0) {
      throw missingInputsError(store, `expected input ${expected}, received input ${index}`);
    }
    if (index !== expected) {
      throw new ChainDataError(`expected input ${expected}, received input ${index}`);
    }
    if (index < known && hexOf(readInput(store, index).raw) !== raw) {
      throw new ChainDataError(`input ${index} differs from the one read before`);
    }
  });
  return inputs.filter(({ index }) => index >= known);
}

/** The omitted inputs may be in blocks that were already read, at or after the last known input. */
export function missingInputsError(store: Store, details: string): MissingEventsError {
  return new MissingEventsError(details, lastInputBlock(store) - 1n);
}

/**
 * Checks each input against the hash that the InputBox keeps, and its block against the chain.
 *
 * @throws {ChainDataError} when one does not match.
 */
export async function expectInputsOnChain(
  client: PublicClient,
  application: ApplicationInfo,
  inputs: readonly AddedInput[],
  blockNumber: bigint,
): Promise<void> {
  await inConcurrentGroups(inputs, async ({ index, raw }) => {
    const expected = await client.readContract({
      address: application.inputBox,
      abi: inputBoxAbi,
      functionName: "getInputHash",
      args: [application.address, index],
      blockNumber,
    });
    if (keccak256(raw) !== expected) {
      throw new ChainDataError(`the hash of input ${index} does not match the InputBox`);
    }
  });
  const firstOfBlock = inputs.filter(({ block }, at) => block.hash !== inputs[at - 1]?.block.hash);
  await inConcurrentGroups(firstOfBlock, async ({ index, block }) => {
    const found = await readBlockRef(client, { blockNumber: block.number });
    if (found?.hash === block.hash) {
      return;
    }
    throw new ChainDataError(
      `the log of input ${index} refers to block ${block.number} ${block.hash}, but that block is ${found?.hash ?? "absent"}`,
    );
  });
}

async function inConcurrentGroups<T>(items: readonly T[], call: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += MAX_CONCURRENT_CALLS) {
    await Promise.all(items.slice(start, start + MAX_CONCURRENT_CALLS).map(call));
  }
}
