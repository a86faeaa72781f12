import type { Address, Hash } from "viem";
import { bytesOf, hexOf } from "../model/bytes.ts";
import type { ClaimDeath, ClaimEvent, EpochAcceptance, StateClaim } from "../model/chainEvents.ts";
import { outputsEdge, rootOfEdge } from "../model/outputsTree.ts";
import type { Store } from "./openStore.ts";
import { outputNodes } from "./outputNodesTable.ts";

/** A claim that is not what this node's machine computed, and that counts: it is not dead, and no other was accepted. */
export interface WrongClaim {
  epoch: bigint;
  /** Only of an application with disputes. */
  claimId: Hash | undefined;
  /** What is claimed: the outputs Merkle root, or with disputes the machine's state. */
  claimed: Hash;
  /** What this node's machine computed instead. */
  computed: Hash;
  submitter: Address | undefined;
  isAccepted: boolean;
  blockNumber: bigint;
  transactionHash: Hash;
}

export function recordClaim({ sql }: Store, claim: ClaimEvent): void {
  sql.run`
    INSERT INTO claims (block_number, log_index, kind, epoch, outputs_root, submitter, transaction_hash)
    VALUES (
      ${claim.blockNumber}, ${claim.logIndex}, ${claim.kind}, ${claim.epoch}, ${bytesOf(claim.outputsRoot)},
      ${claim.submitter === undefined ? null : bytesOf(claim.submitter)}, ${bytesOf(claim.transactionHash)}
    )`;
}

export function recordStateClaim({ sql }: Store, claim: StateClaim): void {
  sql.run`
    INSERT INTO claims (
      block_number, log_index, kind, epoch, outputs_root, submitter, transaction_hash, claim_id, state
    ) VALUES (
      ${claim.blockNumber}, ${claim.logIndex}, 'submitted', ${claim.epoch}, ${bytesOf(claim.outputsRoot)},
      ${bytesOf(claim.claimer)}, ${bytesOf(claim.transactionHash)}, ${bytesOf(claim.claimId)}, ${bytesOf(claim.state)}
    )`;
}

/** Records that a claim lost a game; without effect if it is about another application. */
export function recordDeath({ sql }: Store, { claimId, blockNumber }: ClaimDeath): void {
  sql.run`UPDATE claims SET died_block = ${blockNumber} WHERE claim_id = ${bytesOf(claimId)}`;
}

/** The accepted claim is a known one. */
export function recordAcceptance({ sql }: Store, accepted: EpochAcceptance): void {
  sql.run`
    INSERT INTO claims (
      block_number, log_index, kind, epoch, outputs_root, submitter, transaction_hash, claim_id, state
    )
    SELECT
      ${accepted.blockNumber}, ${accepted.logIndex}, 'accepted', epoch, outputs_root, submitter,
      ${bytesOf(accepted.transactionHash)}, claim_id, state
    FROM claims WHERE claim_id = ${bytesOf(accepted.claimId)} AND kind = 'submitted'`;
}

export function deleteClaimsAfter({ sql }: Store, blockNumber: bigint): void {
  sql.run`UPDATE epochs SET settled = 0 WHERE idx IN (SELECT epoch FROM claims WHERE block_number > ${blockNumber})`;
  sql.run`DELETE FROM claims WHERE block_number > ${blockNumber}`;
  sql.run`UPDATE claims SET died_block = NULL WHERE died_block > ${blockNumber}`;
}

/** Whether a state was claimed under this id, in the blocks read so far. */
export function findStateClaim({ sql }: Store, claimId: Hash): { epoch: bigint; state: Hash } | undefined {
  const row = sql.get`SELECT epoch, state FROM claims WHERE claim_id = ${bytesOf(claimId)} AND kind = 'submitted'`;
  return row && { epoch: row.epoch as bigint, state: hexOf(row.state as Uint8Array) };
}

/** How many epochs of an application with disputes were accepted. */
export function acceptedEpochCount({ sql }: Store): bigint {
  return (sql.get`SELECT count(*) AS n FROM claims WHERE kind = 'accepted'` as { n: bigint }).n;
}

/** How many claims about an epoch of an application with disputes have not lost a game. */
export function livingClaimCount({ sql }: Store, epoch: bigint): bigint {
  const row = sql.get`
    SELECT count(*) AS n FROM claims WHERE epoch = ${epoch} AND kind = 'submitted' AND died_block IS NULL`;
  return (row as { n: bigint }).n;
}

/**
 * Compares each claim with what this node's machine computed, once it has processed the epoch's inputs. An epoch without
 * inputs ends as the one before.
 */
export function compareClaims(store: Store): void {
  const { sql } = store;
  store.transaction(() => {
    const rows = sql.all`
      SELECT
        c.block_number, c.log_index, c.state IS NOT NULL AS is_state, last.idx AS last_input, last.status,
        last.machine_hash, last.outputs_root
      FROM claims c LEFT JOIN inputs last ON last.idx = coalesce(
        (SELECT end_input - 1 FROM seals WHERE epoch = c.epoch),
        (SELECT i.idx FROM inputs i WHERE i.epoch <= c.epoch ORDER BY i.epoch DESC, i.idx DESC LIMIT 1)
      )
      WHERE c.computed IS NULL AND last.status IS NOT 'NONE'`;
    for (const row of rows) {
      const computed =
        row.last_input === null
          ? bytesOf(rootOfEdge(outputsEdge(outputNodes(store), 0n)))
          : ((row.is_state === 1n ? row.machine_hash : row.outputs_root) as Uint8Array);
      sql.run`
        UPDATE claims SET computed = ${computed}
        WHERE block_number = ${row.block_number!} AND log_index = ${row.log_index!}`;
    }
  });
}

/** The wrong claims, oldest first. */
export function wrongClaims({ sql }: Store): WrongClaim[] {
  const rows = sql.all`
    SELECT * FROM claims c
    WHERE computed <> coalesce(state, outputs_root) AND (
      kind = 'accepted'
      OR (died_block IS NULL AND NOT EXISTS (SELECT 1 FROM claims a WHERE a.epoch = c.epoch AND a.kind = 'accepted'))
    )
    ORDER BY block_number, log_index`;
  return rows.map((row) => ({
    epoch: row.epoch as bigint,
    claimId: optionalHex(row.claim_id),
    claimed: hexOf((row.state ?? row.outputs_root) as Uint8Array),
    computed: hexOf(row.computed as Uint8Array),
    submitter: optionalHex(row.submitter),
    isAccepted: row.kind === "accepted",
    blockNumber: row.block_number as bigint,
    transactionHash: hexOf(row.transaction_hash as Uint8Array),
  }));
}

function optionalHex(value: unknown) {
  return value instanceof Uint8Array ? hexOf(value) : undefined;
}
