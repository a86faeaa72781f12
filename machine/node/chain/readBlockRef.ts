import { BlockNotFoundError, type Hash, type PublicClient } from "viem";
import type { BlockRef, SafeBlock } from "../model/chainEvents.ts";
import { ChainDataError } from "./chainErrors.ts";

export interface LinkedBlockRef extends BlockRef {
  parentHash: Hash;
}

const HASH = /^0x[0-9a-f]{64}$/;

/** A block's number, hash and parent; `undefined` when the chain does not have it. @throws ChainDataError */
export async function readBlockRef(
  client: PublicClient,
  where: { blockTag: SafeBlock } | { blockNumber: bigint },
): Promise<LinkedBlockRef | undefined> {
  try {
    const { number, hash, parentHash } = await client.getBlock(where);
    const asked = "blockNumber" in where ? where.blockNumber : number;
    if (typeof number !== "bigint" || number !== asked || !HASH.test(hash) || !HASH.test(parentHash)) {
      throw new ChainDataError(
        `asked for block ${asked ?? "latest"}, it gave number ${number}, hash ${hash}, parent ${parentHash}`,
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
