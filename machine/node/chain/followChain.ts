import type { PublicClient } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { BlockRef, SafeBlock } from "../model/chainEvents.ts";
import { readApplicationState } from "../store/applicationTable.ts";
import { inputCount } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { recordBatch } from "../store/recordBatch.ts";
import { inputBoxAbi } from "./abis.ts";
import { ChainDataError } from "./chainErrors.ts";
import { expectDisputesInOrder } from "./expectDisputes.ts";
import { expectInputsOnChain, missingInputsError, newInputs } from "./expectInputs.ts";
import { expectSameChain } from "./expectSameChain.ts";
import { isTimeout } from "./isTimeout.ts";
import { readBatch } from "./readBatch.ts";
import { type BlockRefWithParent, expectBlockRef, readBlockRef } from "./readBlockRef.ts";

const MAX_BATCH_BLOCKS = 10_000n;
/** After a timeout, batches have a fourth of the blocks: seven of them lead to single blocks. */
const TIMEOUT_DIVISOR = 4n;

/** How many blocks a batch has: fewer after each timeout, until all blocks have been read. */
export interface BatchLimit {
  blocks: bigint;
}

export function createBatchLimit(): BatchLimit {
  return { blocks: MAX_BATCH_BLOCKS };
}

export interface FollowOptions {
  safeBlock: SafeBlock;
  signal: AbortSignal;
  /** Kept from round to round. */
  batchLimit: BatchLimit;
  /** How many claims and executions end a batch. */
  maxBatchEvents?: number;
}

export interface FollowResult {
  head: bigint | undefined;
  /** How many blocks were new. */
  blocks: bigint;
}

/**
 * Reads all new blocks into the database, batch by batch. Costs one request to the endpoint when there are none.
 *
 * @throws {ReorganisedError} when the last block that was read is no longer on the chain.
 * @throws {MissingEventsError} when blocks must be read again because logs were omitted.
 * @throws {ChainDataError} when the endpoint contradicts itself or the contracts.
 */
export async function followChain(
  client: PublicClient,
  store: Store,
  application: ApplicationInfo,
  { safeBlock, signal, batchLimit, maxBatchEvents }: FollowOptions,
): Promise<FollowResult> {
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
    address: application.inputBox,
    abi: inputBoxAbi,
    functionName: "getNumberOfInputs",
    args: [application.address],
    blockNumber: head.number,
  });
  for (let fromBlock = checkedBlock + 1n; fromBlock <= head.number; ) {
    signal.throwIfAborted();
    const last = fromBlock + batchLimit.blocks - 1n;
    const upTo: BlockRef = last < head.number ? await expectBlockRef(client, last) : head;
    const known = inputCount(store);
    const batch = await readBatch(client, application, {
      fromBlock,
      upTo,
      inputs: [known, inputs],
      maxEvents: maxBatchEvents,
    }).catch((error) => {
      if (isTimeout(error)) {
        batchLimit.blocks = batchLimit.blocks / TIMEOUT_DIVISOR || 1n;
      }
      throw error;
    });
    batch.inputs = newInputs(store, batch.inputs);
    const found = known + BigInt(batch.inputs.length);
    if (batch.checkedBlock === head.number && found !== inputs) {
      throw missingInputsError(
        store,
        `the InputBox counts ${inputs} inputs at block ${head.number}, the logs contain ${found}`,
      );
    }
    await expectInputsOnChain(client, application, batch.inputs, head.number);
    expectDisputesInOrder(store, application, batch);
    const { claims, disputes, executions } = batch;
    if (batch.inputs.length + claims.length + disputes.length + executions.length > 0) {
      await expectUnchanged(client, batch.upTo);
    }
    recordBatch(store, application.epochLength, batch);
    fromBlock = batch.checkedBlock + 1n;
  }
  batchLimit.blocks = MAX_BATCH_BLOCKS;
  return { head: head.number, blocks: head.number - checkedBlock };
}

/**
 * The newest block that the node may read; `undefined` while a young chain has no safe or finalized block.
 *
 * @throws {ChainDataError} when there is no latest block.
 */
export async function readHead(
  client: PublicClient,
  blockTag: SafeBlock,
): Promise<BlockRefWithParent | undefined> {
  const head = await readBlockRef(client, { blockTag });
  if (head === undefined && blockTag === "latest") {
    throw new ChainDataError("the chain has no latest block");
  }
  return head;
}

/** Rejects logs that were read while the chain changed; the next round reads them again. */
async function expectUnchanged(client: PublicClient, block: BlockRef): Promise<void> {
  const found = await expectBlockRef(client, block.number);
  if (found.hash !== block.hash) {
    throw new ChainDataError(
      `block ${block.number} changed from ${block.hash} to ${found.hash} while it was being read`,
    );
  }
}
