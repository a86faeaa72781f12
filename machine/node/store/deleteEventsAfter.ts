import type { Store } from "./openStore.ts";

/** Deletes the claims and executions of all blocks after `blockNumber`, and marks those blocks as unread. */
export function deleteEventsAfter({ sql }: Store, blockNumber: bigint): void {
  sql.run`UPDATE epochs SET settled = 0 WHERE idx IN (SELECT epoch FROM claims WHERE block_number > ${blockNumber})`;
  sql.run`DELETE FROM claims WHERE block_number > ${blockNumber}`;
  sql.run`
    UPDATE outputs SET executed = 0
    WHERE idx IN (SELECT output FROM executions WHERE block_number > ${blockNumber})`;
  sql.run`DELETE FROM executions WHERE block_number > ${blockNumber}`;
  sql.run`DELETE FROM blocks WHERE number > ${blockNumber}`;
  sql.run`UPDATE application SET checked_block = max(${blockNumber}, first_block - 1)`;
}
