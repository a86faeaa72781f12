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
 * Computes the claim (the outputs Merkle root after the last input) of each epoch that is over and whose inputs are all
 * processed. Marks as settled the epochs that need no further work: those whose claim was accepted, and those without
 * outputs, unless disputes decide: there the next epoch starts from an accepted state.
 */
export function updateEpochs({ sql, transaction }: Store): void {
  transaction(() => {
    sql.run`
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
    sql.run`
      UPDATE epochs SET settled = 1
      WHERE settled = 0 AND outputs_root IS NOT NULL AND (
        (outputs_after = outputs_before AND (SELECT consensus_type FROM application) <> 'DISPUTE')
        OR EXISTS (SELECT 1 FROM claims c WHERE c.epoch = epochs.idx AND c.kind = 'accepted')
      )`;
  });
}

/** The epochs whose claim is computed and needed, but not accepted by the consensus, oldest first. */
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

/** A claim that somebody submitted. */
export interface SubmittedClaim {
  submitter: Address;
  outputsRoot: Hash;
}

/** The claims submitted for an epoch, in the blocks read so far. */
export function submittedClaims({ sql }: Store, epoch: bigint): SubmittedClaim[] {
  const rows = sql.all`SELECT submitter, outputs_root FROM claims WHERE epoch = ${epoch} AND kind = 'submitted'`;
  return rows.map((row) => ({
    submitter: hexOf(row.submitter as Uint8Array),
    outputsRoot: hexOf(row.outputs_root as Uint8Array),
  }));
}
