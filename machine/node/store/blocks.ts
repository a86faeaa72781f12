import { hexOf } from "../bytes.ts";
import type { BlockPoint } from "../chain/types.ts";
import type { Store } from "./openStore.ts";

/** The newest block that was read, at or below `limit` when given; `undefined` before the first. */
export function lastReadBlock(store: Store, limit?: bigint): BlockPoint | undefined {
  const row = store.sql.get`
    SELECT number, hash FROM blocks WHERE ${limit ?? null} IS NULL OR number <= ${limit ?? null}
    ORDER BY number DESC LIMIT 1` as { number: bigint; hash: Uint8Array } | undefined;
  return row && { number: row.number, hash: hexOf(row.hash) };
}
