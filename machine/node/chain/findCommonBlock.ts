import type { PublicClient } from "viem";
import { lastKnownBlock } from "../store/blocksTable.ts";
import type { Store } from "../store/openStore.ts";
import { readBlockRef } from "./readBlockRef.ts";

/** The newest block below `block` that the chain still holds as we know it; -1 when it holds none of those. */
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
