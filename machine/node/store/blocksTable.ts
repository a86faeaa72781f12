import { hexOf } from "../model/bytes.ts";
import type { BlockRef } from "../model/chainEvents.ts";
import type { Store } from "./openStore.ts";

/** The newest block at or below `limit` at which reading the chain stopped. */
export function lastReadBlock({ sql }: Store, limit: bigint): BlockRef | undefined {
  return blockRefOf(
    sql.get`SELECT number, hash FROM blocks WHERE number <= ${limit} ORDER BY number DESC LIMIT 1`,
  );
}

/** The newest block at or below `limit` whose hash is known: one of those, or one that holds an input. */
export function lastKnownBlock(store: Store, limit: bigint): BlockRef | undefined {
  const read = lastReadBlock(store, limit);
  const withInput = blockRefOf(
    store.sql.get`
      SELECT block_number AS number, block_hash AS hash FROM inputs
      WHERE block_number <= ${limit} ORDER BY idx DESC LIMIT 1`,
  );
  return (withInput?.number ?? -1n) > (read?.number ?? -1n) ? withInput : read;
}

/** The block of the last input; 0 if there are no inputs. */
export function lastInputBlock({ sql }: Store): bigint {
  return (sql.get`SELECT coalesce(max(block_number), 0) AS n FROM inputs` as { n: bigint }).n;
}

function blockRefOf(row: ReturnType<Store["sql"]["get"]>): BlockRef | undefined {
  return row && { number: row.number as bigint, hash: hexOf(row.hash as Uint8Array) };
}
