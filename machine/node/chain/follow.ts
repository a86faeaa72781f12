import { keccak256, type PublicClient } from "viem";
import { ChainDataError, ReorganisedError } from "../errors.ts";
import { inputCount } from "../store/advances.ts";
import { readApplicationState } from "../store/application.ts";
import { lastReadBlock } from "../store/blocks.ts";
import type { Store } from "../store/openStore.ts";
import { recordBatch } from "../store/recordBatch.ts";
import { inputBoxAbi } from "./abis.ts";
import { readBatch } from "./readBatch.ts";
import { readPoint } from "./readPoint.ts";
import type { AddedInput, ApplicationFacts, BlockPoint, SafeBlock } from "./types.ts";

const BLOCKS_IN_ONE_BATCH = 10_000n;
const QUESTIONS_AT_A_TIME = 16;

export interface FollowOptions {
  safeBlock: SafeBlock;
  signal: AbortSignal;
}

/**
 * Reads the blocks that came since the last time into the database, batch by batch; says how many it read. One
 * question to the endpoint while there is no new block.
 *
 * @throws ReorganisedError when the last block that was read is no longer on the chain.
 * @throws ChainDataError when the endpoint contradicts itself or the contracts.
 */
export async function followChain(
  client: PublicClient,
  store: Store,
  facts: ApplicationFacts,
  { safeBlock, signal }: FollowOptions,
): Promise<bigint> {
  const head = await readPoint(client, { blockTag: safeBlock });
  if (head === undefined) return 0n;
  const { checkedBlock } = readApplicationState(store);
  await expectSameChain(client, store, head);
  if (head.number <= checkedBlock) return 0n;
  const inputs = await client.readContract({
    address: facts.inputBox,
    abi: inputBoxAbi,
    functionName: "getNumberOfInputs",
    args: [facts.address],
    blockNumber: head.number,
  });
  for (let fromBlock = checkedBlock + 1n; fromBlock <= head.number; ) {
    signal.throwIfAborted();
    const last = fromBlock + BLOCKS_IN_ONE_BATCH - 1n;
    const upTo: BlockPoint = last < head.number ? await expectPoint(client, last) : head;
    const known = inputCount(store);
    const expectInputs = inputs > known;
    const batch = await readBatch(client, facts, { fromBlock, upTo, expectInputs, nextInput: known });
    if (upTo === head && known + BigInt(batch.inputs.length) !== inputs) {
      throw new ChainDataError(
        `the InputBox counts ${inputs} inputs at block ${head.number}, the logs hold ${known + BigInt(batch.inputs.length)}`,
      );
    }
    await expectInputsOnChain(client, facts, batch.inputs, head.number);
    if (batch.inputs.length + batch.claims.length + batch.executions.length > 0) {
      await expectUnchanged(client, upTo);
    }
    recordBatch(store, facts.epochLength, batch);
    fromBlock = upTo.number + 1n;
  }
  return head.number - checkedBlock;
}

/** What the logs say must be what the InputBox keeps the hashes of. */
async function expectInputsOnChain(
  client: PublicClient,
  facts: ApplicationFacts,
  inputs: readonly AddedInput[],
  blockNumber: bigint,
): Promise<void> {
  for (let start = 0; start < inputs.length; start += QUESTIONS_AT_A_TIME) {
    await Promise.all(
      inputs.slice(start, start + QUESTIONS_AT_A_TIME).map(async ({ index, raw }) => {
        const expected = await client.readContract({
          address: facts.inputBox,
          abi: inputBoxAbi,
          functionName: "getInputHash",
          args: [facts.address, index],
          blockNumber,
        });
        if (keccak256(raw) !== expected) throw new ChainDataError(`input ${index} is not the InputBox's`);
      }),
    );
  }
}

/** The newest block that we read, as far as the chain still reaches, must be on the chain. */
async function expectSameChain(client: PublicClient, store: Store, head: BlockPoint): Promise<void> {
  const known = lastReadBlock(store, head.number);
  if (known === undefined) return;
  const found = known.number === head.number ? head : await readPoint(client, { blockNumber: known.number });
  if (found?.hash !== known.hash) throw new ReorganisedError(known.number, known.hash, found?.hash);
}

/** Logs that were read while the chain changed under them are not taken in; the next round reads them again. */
async function expectUnchanged(client: PublicClient, point: BlockPoint): Promise<void> {
  const found = await expectPoint(client, point.number);
  if (found.hash !== point.hash) {
    throw new ChainDataError(
      `block ${point.number} changed from ${point.hash} to ${found.hash} while it was read`,
    );
  }
}

async function expectPoint(client: PublicClient, blockNumber: bigint): Promise<BlockPoint> {
  const point = await readPoint(client, { blockNumber });
  if (point === undefined) throw new ChainDataError(`block ${blockNumber} is below the head, but absent`);
  return point;
}
