import { bytesOf } from "../model/bytes.ts";
import type { ChainBatch } from "../model/chainEvents.ts";
import type { Store } from "./openStore.ts";

/** How many block hashes are kept, to find the common block after a reorganisation. */
const KEPT_BLOCKS = 4_096n;

/** Records a batch of blocks in a single transaction: their events, and that they were read. */
export function recordBatch(store: Store, epochLength: bigint, batch: ChainBatch): void {
  const { sql } = store;
  store.transaction(() => {
    for (const input of batch.inputs) {
      const epoch = input.block.number / epochLength;
      sql.run`
        INSERT INTO epochs (idx, virtual_index, first_block, last_block)
        SELECT ${epoch}, count(*), ${epoch * epochLength}, ${(epoch + 1n) * epochLength - 1n} FROM epochs WHERE true
        ON CONFLICT DO NOTHING`;
      sql.run`
        INSERT INTO inputs (idx, epoch, block_number, block_hash, transaction_hash, sender, raw) VALUES (
          ${input.index}, ${epoch}, ${input.block.number}, ${bytesOf(input.block.hash)},
          ${bytesOf(input.transactionHash)}, ${bytesOf(input.sender)}, ${bytesOf(input.raw)}
        )`;
    }
    for (const claim of batch.claims) {
      sql.run`
        INSERT INTO claims (block_number, log_index, kind, epoch, outputs_root, submitter, transaction_hash)
        VALUES (
          ${claim.blockNumber}, ${claim.logIndex}, ${claim.kind}, ${claim.epoch}, ${bytesOf(claim.outputsRoot)},
          ${claim.submitter === undefined ? null : bytesOf(claim.submitter)}, ${bytesOf(claim.transactionHash)}
        )`;
      sql.run`
        UPDATE epochs SET updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE idx = ${claim.epoch}`;
    }
    for (const execution of batch.executions) {
      sql.run`
        INSERT INTO executions (output, block_number, transaction_hash)
        VALUES (${execution.outputIndex}, ${execution.blockNumber}, ${bytesOf(execution.transactionHash)})`;
      sql.run`UPDATE outputs SET executed = 1 WHERE idx = ${execution.outputIndex}`;
    }
    const { number, hash } = batch.upTo;
    sql.run`
      INSERT INTO blocks (number, hash) VALUES (${number}, ${bytesOf(hash)})
      ON CONFLICT DO UPDATE SET hash = excluded.hash`;
    sql.run`DELETE FROM blocks WHERE number < ${number - KEPT_BLOCKS}`;
    sql.run`
      UPDATE application
      SET checked_block = ${batch.checkedBlock}, updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)`;
  });
}
