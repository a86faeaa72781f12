import { BlockNotFoundError, type Hash, type PublicClient } from "viem";
import { ChainDataError } from "../errors.ts";
import type { BlockPoint, SafeBlock } from "./types.ts";

export interface LinkedPoint extends BlockPoint {
  parentHash: Hash;
}

const HASH = /^0x[0-9a-f]{64}$/;

/** A block's number, hash and parent; `undefined` when the chain does not have it. @throws ChainDataError */
export async function readPoint(
  client: PublicClient,
  where: { blockTag: SafeBlock } | { blockNumber: bigint },
): Promise<LinkedPoint | undefined> {
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
