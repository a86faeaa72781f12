import { db } from "ponder:api";
import { sql } from "ponder";

/** How far the index is. */
export interface Progress {
  /** Whether the chains have been read once up to the last block that was final then. */
  isReady: boolean;
  /** The last indexed block of each chain. */
  indexed: Map<number, { number: bigint; timestamp: bigint }>;
}

/** Reads from Ponder's own tables how far the index is. */
export async function readProgress(): Promise<Progress> {
  const [meta, checkpoints] = await Promise.all([
    rows(sql`SELECT value ->> 'is_ready' AS ready FROM _ponder_meta`),
    rows(sql`SELECT chain_id, latest_checkpoint FROM _ponder_checkpoint`),
  ]);
  return {
    isReady: meta[0]?.ready === "1",
    indexed: new Map(
      checkpoints.map((row) => [Number(row.chain_id), decodeCheckpoint(String(row.latest_checkpoint))]),
    ),
  };
}

async function rows(statement: ReturnType<typeof sql>): Promise<Record<string, unknown>[]> {
  const result = (await db.execute(statement)) as { rows: Record<string, unknown>[] };
  return result.rows;
}

/** Ponder's checkpoint is digits of fixed width: the time, the chain, the block, and the place in it. */
function decodeCheckpoint(digits: string): { number: bigint; timestamp: bigint } {
  return { timestamp: BigInt(digits.slice(0, 10)), number: BigInt(digits.slice(26, 42)) };
}
