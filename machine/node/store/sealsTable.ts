import type { Hash } from "viem";
import { bytesOf, hexOf } from "../model/bytes.ts";
import type { EpochSeal } from "../model/chainEvents.ts";
import { NOT_SEALED } from "./addDisputes.ts";
import type { Store } from "./openStore.ts";

/** Which inputs an epoch of an application with disputes has. */
export interface SealRow {
  epoch: bigint;
  firstInput: bigint;
  endInput: bigint;
  blockNumber: bigint;
}

/** The newest seal; `undefined` before the first. */
export function lastSeal({ sql }: Store): SealRow | undefined {
  const row = sql.get`SELECT * FROM seals ORDER BY epoch DESC LIMIT 1`;
  return row && toSeal(row);
}

export function sealOf({ sql }: Store, epoch: bigint): SealRow | undefined {
  const row = sql.get`SELECT * FROM seals WHERE epoch = ${epoch}`;
  return row && toSeal(row);
}

/** The machine's state after a sealed epoch; `undefined` until all its inputs are processed. */
export function stateAfterEpoch({ sql }: Store, epoch: bigint): Hash | undefined {
  const row = sql.get`
    SELECT i.machine_hash FROM seals s JOIN inputs i ON i.idx = s.end_input - 1
    WHERE s.epoch = ${epoch} AND i.machine_hash IS NOT NULL`;
  return row && hexOf(row.machine_hash as Uint8Array);
}

/** Ends the open epoch: the inputs behind the seal begin the next one. */
export function recordSeal({ sql }: Store, seal: EpochSeal): void {
  const { epoch, firstInput, endInput, blockNumber } = seal;
  sql.run`
    INSERT INTO seals (epoch, first_input, end_input, state, block_number, transaction_hash) VALUES (
      ${epoch}, ${firstInput}, ${endInput}, ${bytesOf(seal.state)}, ${blockNumber}, ${bytesOf(seal.transactionHash)}
    )`;
  sql.run`
    UPDATE epochs SET last_block = ${blockNumber}, updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
    WHERE idx = ${epoch}`;
  sql.run`
    INSERT INTO epochs (idx, virtual_index, first_block, last_block)
    SELECT ${epoch + 1n}, ${epoch + 1n}, block_number, ${NOT_SEALED} FROM inputs WHERE idx = ${endInput}`;
  sql.run`UPDATE inputs SET epoch = ${epoch + 1n} WHERE idx >= ${endInput}`;
}

/** Undoes the seals of all blocks after `blockNumber`: their inputs belong to the open epoch again. */
export function undoSealsAfter({ sql }: Store, blockNumber: bigint): void {
  const { epoch } = sql.get`SELECT min(epoch) AS epoch FROM seals WHERE block_number > ${blockNumber}` as {
    epoch: bigint | null;
  };
  if (epoch === null) {
    return;
  }
  sql.run`DELETE FROM seals WHERE epoch >= ${epoch}`;
  sql.run`UPDATE inputs SET epoch = ${epoch} WHERE epoch > ${epoch}`;
  sql.run`DELETE FROM epochs WHERE idx > ${epoch}`;
  sql.run`
    UPDATE epochs SET
      last_block = ${NOT_SEALED}, settled = 0, outputs_root = NULL, machine_hash = NULL, outputs_before = NULL,
      outputs_after = NULL
    WHERE idx = ${epoch}`;
}

function toSeal(row: Record<string, unknown>): SealRow {
  return {
    epoch: row.epoch as bigint,
    firstInput: row.first_input as bigint,
    endInput: row.end_input as bigint,
    blockNumber: row.block_number as bigint,
  };
}
