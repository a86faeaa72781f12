import type { ChainHealth } from "./health.ts";

interface Block {
  number: bigint;
  /** In seconds. */
  timestamp: bigint;
}

export interface FollowedChain {
  chainId: number;
  client: { getBlock(which?: { blockNumber: bigint }): Promise<Block> };
  /** In milliseconds. */
  pollingInterval: number;
}

/** How long a block may wait to be indexed, besides this many polls. */
const MAX_WAIT_MS = 10_000n;
const MAX_WAIT_POLLS = 10n;

/**
 * Judges whether an index keeps up with a chain: whether the first block that it lacks has waited for long.
 *
 * @param indexed the last indexed block.
 * @param now in milliseconds.
 */
export async function judgeChain(
  { chainId, client, pollingInterval }: FollowedChain,
  indexed: Block | undefined,
  now: bigint,
): Promise<ChainHealth> {
  if (indexed === undefined) {
    return { chainId, healthy: false, reason: "nothing is indexed yet" };
  }
  const seen = { chainId, indexed: shown(indexed) };
  try {
    const head = await client.getBlock();
    const lag = {
      blocks: Number(head.number - indexed.number),
      seconds: Number(head.timestamp - indexed.timestamp),
    };
    const { lacked, isReorganised } = await firstLacked(client, indexed, head);
    const waitedMs = lacked === undefined ? 0n : now - lacked.timestamp * 1_000n;
    const isLate = waitedMs > MAX_WAIT_MS + MAX_WAIT_POLLS * BigInt(pollingInterval);
    const reason = isReorganised
      ? `the indexed block ${indexed.number} is no longer on the chain: it was reorganised past what Ponder took for final`
      : `block ${lacked?.number} has waited for ${waitedMs / 1_000n} s`;
    return { ...seen, healthy: !isLate, ...(isLate && { reason }), head: shown(head), lag };
  } catch {
    return { ...seen, healthy: false, reason: "no RPC endpoint answers" };
  }
}

/** The first block of the chain that is not indexed; a block is told apart by its time, which Ponder keeps. */
async function firstLacked(
  client: FollowedChain["client"],
  indexed: Block,
  head: Block,
): Promise<{ lacked?: Block; isReorganised: boolean }> {
  const inPlace =
    head.number >= indexed.number ? await client.getBlock({ blockNumber: indexed.number }) : head;
  if (inPlace.number !== indexed.number || inPlace.timestamp !== indexed.timestamp) {
    return { lacked: inPlace, isReorganised: true };
  }
  if (head.number === indexed.number) {
    return { isReorganised: false };
  }
  return { lacked: await client.getBlock({ blockNumber: indexed.number + 1n }), isReorganised: false };
}

function shown({ number, timestamp }: Block): { block: number; timestamp: number } {
  return { block: Number(number), timestamp: Number(timestamp) };
}
