import type { Event } from "ponder:registry";
import type { Hash } from "viem";

/** Where on the chain something happened, for everyone who wants to check it. */
export interface Place {
  blockNumber: bigint;
  blockHash: Hash;
  logIndex: number;
  transactionHash: Hash;
}

export function placeOf({ block, log, transaction }: Pick<Event, "block" | "log" | "transaction">): Place {
  return {
    blockNumber: block.number,
    blockHash: block.hash,
    logIndex: log.logIndex,
    transactionHash: transaction.hash,
  };
}
