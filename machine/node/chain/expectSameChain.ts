import type { PublicClient } from "viem";
import { lastReadBlock } from "../store/blocksTable.ts";
import type { Store } from "../store/openStore.ts";
import { ChainDataError, ReorganisedError } from "./chainErrors.ts";
import { type LinkedBlockRef, readBlockRef } from "./readBlockRef.ts";

/**
 * The newest block that we read, as far as the chain still reaches, must be on the chain, and a head that follows it
 * at once must name it as its parent.
 *
 * @throws ReorganisedError when another block is in its place, said twice.
 * @throws ChainDataError when the endpoint says now this, now that.
 */
export async function expectSameChain(
  client: PublicClient,
  store: Store,
  head: LinkedBlockRef,
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
      `block ${known.number} is ${found?.hash ?? "absent"} at one time, ${again?.hash ?? "absent"} at another`,
    );
  }
  if (head.number === known.number + 1n && head.parentHash !== known.hash) {
    throw new ChainDataError(
      `block ${head.number} names ${head.parentHash} as its parent, but block ${known.number} is ${known.hash}`,
    );
  }
}
