import { BlockNotFoundError, type PublicClient } from "viem";
import type { BlockPoint, SafeBlock } from "./types.ts";

/** A block's number and hash; `undefined` when the chain does not have it. */
export async function readPoint(
  client: PublicClient,
  where: { blockTag: SafeBlock } | { blockNumber: bigint },
): Promise<BlockPoint | undefined> {
  try {
    const { number, hash } = await client.getBlock(where);
    return { number, hash };
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined;
    throw error;
  }
}
