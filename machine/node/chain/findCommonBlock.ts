import type { PublicClient } from "viem";
import { lastKnownBlock } from "../store/blocksTable.ts";
import type { Store } from "../store/openStore.ts";
import { readBlockRef } from "./readBlockRef.ts";

/** The newest known block below `block` that is still on the chain; -1 if none is. */
export async function findCommonBlock(client: PublicClient, store: Store, block: bigint): Promise<bigint> {
  let known = lastKnownBlock(store, block - 1n);
  while (known !== undefined) {
    const found = await readBlockRef(client, { blockNumber: known.number });
    if (found?.hash === known.hash) {
      return known.number;
    }
    known = lastKnownBlock(store, known.number - 1n);
  }
  return -1n;
}
