import { deleteClaimsAfter } from "./claimsTable.ts";
import type { Store } from "./openStore.ts";
import { undoSealsAfter } from "./sealsTable.ts";

/** Deletes the claims, seals and executions of all blocks after `blockNumber`, and marks those blocks as unread. */
export function deleteEventsAfter(store: Store, blockNumber: bigint): void {
  const { sql } = store;
  deleteClaimsAfter(store, blockNumber);
  undoSealsAfter(store, blockNumber);
  sql.run`
    UPDATE outputs SET executed = 0
    WHERE idx IN (SELECT output FROM executions WHERE block_number > ${blockNumber})`;
  sql.run`DELETE FROM executions WHERE block_number > ${blockNumber}`;
  sql.run`DELETE FROM blocks WHERE number > ${blockNumber}`;
  sql.run`UPDATE application SET checked_block = max(${blockNumber}, first_block - 1)`;
}
