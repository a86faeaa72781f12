import type { PublicClient } from "viem";
import { lastReadBlock } from "../store/blocksTable.ts";
import type { Store } from "../store/openStore.ts";
import { ChainDataError, ReorganisedError } from "./chainErrors.ts";
import { type BlockRefWithParent, readBlockRef } from "./readBlockRef.ts";

/**
 * Checks that the newest block read before (at or below the head) is still on the chain, and that a head directly after
 * it has it as its parent.
 *
 * @throws {ReorganisedError} when another block is in its place, in two consecutive responses.
 * @throws {ChainDataError} when the endpoint contradicts itself.
 */
export async function expectSameChain(
  client: PublicClient,
  store: Store,
  head: BlockRefWithParent,
): Promise<void> {
  const known = lastReadBlock(store, head.number);
  if (known === undefined) {
    return;
  }
  const isHead = known.number === head.number;
  const found = isHead ? head : await readBlockRef(client, { blockNumber: known.number });
  if (found?.hash !== known.hash) {
    const again = await readBlockRef(client, { blockNumber: known.number });
    if (again?.hash === found?.hash) {
      throw new ReorganisedError(known.number, known.hash, found?.hash);
    }
    throw new ChainDataError(
      `block ${known.number} was ${found?.hash ?? "absent"} in one response, ${again?.hash ?? "absent"} in the next`,
    );
  }
  if (head.number === known.number + 1n && head.parentHash !== known.hash) {
    throw new ChainDataError(
      `the parent of block ${head.number} is ${head.parentHash}, but block ${known.number} is ${known.hash}`,
    );
  }
}
