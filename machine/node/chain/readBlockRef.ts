import { BlockNotFoundError, type Hash, type PublicClient } from "viem";
import type { BlockRef, SafeBlock } from "../model/chainEvents.ts";
import { ChainDataError } from "./chainErrors.ts";

export interface BlockRefWithParent extends BlockRef {
  parentHash: Hash;
}

const HASH_PATTERN = /^0x[0-9a-f]{64}$/;

/**
 * Reads a block's number, hash and parent; `undefined` if the chain does not have it.
 *
 * @throws {ChainDataError} when the response is for another block, or malformed.
 */
export async function readBlockRef(
  client: PublicClient,
  block: { blockTag: SafeBlock } | { blockNumber: bigint },
): Promise<BlockRefWithParent | undefined> {
  try {
    const { number, hash, parentHash } = await client.getBlock(block);
    const requested = "blockNumber" in block ? block.blockNumber : number;
    if (
      typeof number !== "bigint" ||
      number !== requested ||
      !HASH_PATTERN.test(hash) ||
      !HASH_PATTERN.test(parentHash)
    ) {
      throw new ChainDataError(
        `requested block ${requested ?? "latest"}, received number ${number}, hash ${hash}, parent ${parentHash}`,
      );
    }
    return { number, hash, parentHash };
  } catch (error) {
    if (error instanceof BlockNotFoundError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Reads the number, hash and parent of a block below the head.
 *
 * @throws {ChainDataError} when the chain does not have it.
 */
export async function expectBlockRef(client: PublicClient, blockNumber: bigint): Promise<BlockRefWithParent> {
  const block = await readBlockRef(client, { blockNumber });
  if (block === undefined) {
    throw new ChainDataError(`block ${blockNumber} is below the head, but absent`);
  }
  return block;
}
