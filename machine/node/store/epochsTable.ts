import type { Address, Hash } from "viem";
import { hexOf } from "../model/bytes.ts";
import type { Store } from "./openStore.ts";

/** An epoch whose claim is computed. */
export interface ComputedEpoch {
  index: bigint;
  lastBlock: bigint;
  outputsRoot: Hash;
}

/**
 * Computes the claims of the epochs that the chain has passed and whose inputs the machine has taken (the outputs root
 * as their last input left it), and lets go of those that need nothing more: they brought no outputs, or their claim
 * was accepted. Says whether anything changed.
 */
export function updateEpochs({ sql, transaction }: Store): boolean {
  return transaction(() => {
    const computed = sql.run`
      UPDATE epochs SET
        outputs_root = last.outputs_root,
        machine_hash = last.machine_hash,
        outputs_before = coalesce((
          SELECT o.idx + 1 FROM outputs o WHERE o.input < span.first ORDER BY o.input DESC, o.idx DESC LIMIT 1
        ), 0),
        outputs_after = coalesce((
          SELECT o.idx + 1 FROM outputs o WHERE o.input <= span.last ORDER BY o.input DESC, o.idx DESC LIMIT 1
        ), 0),
        updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
      FROM (
        SELECT i.epoch, min(i.idx) AS first, max(i.idx) AS last
        FROM epochs e JOIN inputs i ON i.epoch = e.idx
        WHERE e.settled = 0 AND e.outputs_root IS NULL
          AND e.last_block <= (SELECT checked_block FROM application)
        GROUP BY i.epoch
        HAVING count(*) FILTER (WHERE i.status = 'NONE') = 0
      ) AS span JOIN inputs last ON last.idx = span.last
      WHERE epochs.idx = span.epoch`;
    const settled = sql.run`
      UPDATE epochs SET settled = 1
      WHERE settled = 0 AND outputs_root IS NOT NULL AND (
        outputs_after = outputs_before
        OR EXISTS (SELECT 1 FROM claims c WHERE c.epoch = epochs.idx AND c.kind = 'accepted')
      )`;
    return computed.changes !== 0n || settled.changes !== 0n;
  });
}

/** The epochs that brought outputs and whose claim the consensus has not accepted, oldest first. */
export function epochsAwaitingAcceptance({ sql }: Store): ComputedEpoch[] {
  const rows = sql.all`
    SELECT idx, last_block, outputs_root FROM epochs
    WHERE settled = 0 AND outputs_root IS NOT NULL ORDER BY idx`;
  return rows.map((row) => ({
    index: row.idx as bigint,
    lastBlock: row.last_block as bigint,
    outputsRoot: hexOf(row.outputs_root as Uint8Array),
  }));
}

/** Who submitted which outputs root. */
export interface SubmittedClaim {
  submitter: Address;
  outputsRoot: Hash;
}

/** The claims that the chain holds for an epoch, as far as it was read. */
export function submittedClaims({ sql }: Store, epoch: bigint): SubmittedClaim[] {
  const rows = sql.all`SELECT submitter, outputs_root FROM claims WHERE epoch = ${epoch} AND kind = 'submitted'`;
  return rows.map((row) => ({
    submitter: hexOf(row.submitter as Uint8Array),
    outputsRoot: hexOf(row.outputs_root as Uint8Array),
  }));
}
