import { bytesOf } from "../model/bytes.ts";
import type { AddedInput, ChainBatch, DisputeEvent } from "../model/chainEvents.ts";
import { NOT_SEALED } from "./addDisputes.ts";
import { recordAcceptance, recordClaim, recordDeath, recordStateClaim } from "./claimsTable.ts";
import type { Store } from "./openStore.ts";
import { lastSeal, recordSeal } from "./sealsTable.ts";

/** How many block hashes are kept, to find the common block after a reorganisation. */
const KEPT_BLOCKS = 4_096n;

/**
 * Records a batch of blocks in a single transaction: their events, and that they were read.
 *
 * @param epochLength in blocks; `undefined` where epochs end by seals.
 */
export function recordBatch(store: Store, epochLength: bigint | undefined, batch: ChainBatch): void {
  const { sql } = store;
  store.transaction(() => {
    for (const input of batch.inputs) {
      const { epoch, firstBlock, lastBlock } = epochOf(store, input, epochLength);
      sql.run`
        INSERT INTO epochs (idx, virtual_index, first_block, last_block)
        SELECT ${epoch}, count(*), ${firstBlock}, ${lastBlock} FROM epochs WHERE true
        ON CONFLICT DO NOTHING`;
      sql.run`
        INSERT INTO inputs (idx, epoch, block_number, block_hash, transaction_hash, sender, raw) VALUES (
          ${input.index}, ${epoch}, ${input.block.number}, ${bytesOf(input.block.hash)},
          ${bytesOf(input.transactionHash)}, ${bytesOf(input.sender)}, ${bytesOf(input.raw)}
        )`;
    }
    for (const claim of batch.claims) {
      recordClaim(store, claim);
      sql.run`
        UPDATE epochs SET updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE idx = ${claim.epoch}`;
    }
    for (const event of batch.disputes) {
      recordDisputeEvent(store, event);
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

/** The epoch of a new input: with seals, the open one. */
function epochOf(store: Store, { block }: AddedInput, epochLength: bigint | undefined) {
  if (epochLength === undefined) {
    const epoch = (lastSeal(store)?.epoch ?? -1n) + 1n;
    return { epoch, firstBlock: block.number, lastBlock: NOT_SEALED };
  }
  const epoch = block.number / epochLength;
  return { epoch, firstBlock: epoch * epochLength, lastBlock: (epoch + 1n) * epochLength - 1n };
}

function recordDisputeEvent(store: Store, event: DisputeEvent): void {
  switch (event.kind) {
    case "sealed":
      recordSeal(store, event);
      break;
    case "claimed":
      recordStateClaim(store, event);
      break;
    case "died":
      recordDeath(store, event);
      break;
    case "accepted":
      recordAcceptance(store, event);
      break;
    default:
      event satisfies never;
  }
}
