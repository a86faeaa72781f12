import type { PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { BlockRef, SafeBlock } from "../model/chainEvents.ts";
import { readApplicationState } from "../store/applicationTable.ts";
import { inputCount } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { recordBatch } from "../store/recordBatch.ts";
import { inputBoxAbi } from "./abis.ts";
import { ChainDataError } from "./chainErrors.ts";
import { expectInputsOnChain, missingInputs, newInputs } from "./expectInputs.ts";
import { expectSameChain } from "./expectSameChain.ts";
import { readBatch } from "./readBatch.ts";
import { type LinkedBlockRef, readBlockRef } from "./readBlockRef.ts";

const BLOCKS_IN_ONE_BATCH = 10_000n;

export interface FollowOptions {
  safeBlock: SafeBlock;
  signal: AbortSignal;
  blocksInOneBatch?: bigint;
}

/** How far the chain reached, and how many blocks of it were new. */
export interface Followed {
  head: bigint | undefined;
  blocks: bigint;
}

/**
 * Reads the blocks that came since the last time into the database, batch by batch. One question to the endpoint while
 * there is no new block.
 *
 * @throws ReorganisedError when the last block that was read is no longer on the chain.
 * @throws MissingEventsError when blocks must be read once more, since logs of them were left out.
 * @throws ChainDataError when the endpoint contradicts itself or the contracts.
 */
export async function followChain(
  client: PublicClient,
  store: Store,
  facts: ApplicationInfo,
  { safeBlock, signal, blocksInOneBatch = BLOCKS_IN_ONE_BATCH }: FollowOptions,
): Promise<Followed> {
  const head = await readHead(client, safeBlock);
  if (head === undefined) {
    return { head, blocks: 0n };
  }
  const { checkedBlock } = readApplicationState(store);
  await expectSameChain(client, store, head);
  if (head.number <= checkedBlock) {
    return { head: head.number, blocks: 0n };
  }
  const inputs = await client.readContract({
    address: facts.inputBox,
    abi: inputBoxAbi,
    functionName: "getNumberOfInputs",
    args: [facts.address],
    blockNumber: head.number,
  });
  for (let fromBlock = checkedBlock + 1n; fromBlock <= head.number; ) {
    signal.throwIfAborted();
    const last = fromBlock + blocksInOneBatch - 1n;
    const upTo: BlockRef = last < head.number ? await expectBlockRef(client, last) : head;
    const known = inputCount(store);
    const batch = await readBatch(client, facts, { fromBlock, upTo, expectInputs: inputs > known });
    batch.inputs = newInputs(store, batch.inputs);
    const found = known + BigInt(batch.inputs.length);
    if (upTo === head && found !== inputs) {
      throw missingInputs(
        store,
        `the InputBox counts ${inputs} inputs at block ${head.number}, the logs hold ${found}`,
      );
    }
    await expectInputsOnChain(client, facts, batch.inputs, head.number);
    if (batch.inputs.length + batch.claims.length + batch.executions.length > 0) {
      await expectUnchanged(client, upTo);
    }
    recordBatch(store, facts.epochLength, batch);
    fromBlock = upTo.number + 1n;
  }
  return { head: head.number, blocks: head.number - checkedBlock };
}

/** The newest block that counts as settled: a young chain has none yet, but every chain has a newest. */
export async function readHead(
  client: PublicClient,
  blockTag: SafeBlock,
): Promise<LinkedBlockRef | undefined> {
  const head = await readBlockRef(client, { blockTag });
  if (head === undefined && blockTag === "latest") {
    throw new ChainDataError("there is no latest block");
  }
  return head;
}

/** Logs that were read while the chain changed under them are not taken in; the next round reads them again. */
async function expectUnchanged(client: PublicClient, point: BlockRef): Promise<void> {
  const found = await expectBlockRef(client, point.number);
  if (found.hash !== point.hash) {
    throw new ChainDataError(
      `block ${point.number} changed from ${point.hash} to ${found.hash} while it was read`,
    );
  }
}

async function expectBlockRef(client: PublicClient, blockNumber: bigint): Promise<BlockRef> {
  const point = await readBlockRef(client, { blockNumber });
  if (point === undefined) {
    throw new ChainDataError(`block ${blockNumber} is below the head, but absent`);
  }
  return point;
}
