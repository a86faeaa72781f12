import { deleteEventsAfter } from "./deleteEventsAfter.ts";
import { inputCount, processedInputCount } from "./inputsTable.ts";
import type { Store } from "./openStore.ts";
import { outputCount } from "./outputsTable.ts";

/**
 * Deletes everything that came from blocks after `blockNumber`, so that they can be read again.
 *
 * @returns how many inputs are left, and how many results of inputs were lost.
 */
export function rollBack(store: Store, blockNumber: bigint): { inputs: bigint; lostResults: bigint } {
  const { sql } = store;
  return store.transaction(() => {
    const processedBefore = processedInputCount(store);
    sql.run`DELETE FROM inputs WHERE block_number > ${blockNumber}`; // cascades to their outputs and reports
    sql.run`DELETE FROM output_nodes WHERE (idx + 1) << level > ${outputCount(store)}`;
    deleteEventsAfter(store, blockNumber);
    sql.run`DELETE FROM epochs WHERE last_block > ${blockNumber} AND idx NOT IN (SELECT epoch FROM inputs)`;
    sql.run`
      UPDATE epochs SET
        settled = 0, outputs_root = NULL, machine_hash = NULL, outputs_before = NULL, outputs_after = NULL
      WHERE last_block > ${blockNumber}`;
    const inputs = inputCount(store);
    const processed = processedInputCount(store);
    sql.run`DELETE FROM snapshots WHERE inputs > ${processed}`;
    return { inputs, lostResults: processedBefore - processed };
  });
}
