import { PROTECT_DISPUTE_TABLES } from "./rowChecksums.ts";

/** The largest number that SQLite stores: the last block of an epoch that is not sealed yet. */
export const NOT_SEALED = 2n ** 63n - 1n;

const COPIED_APPLICATION = `id, chain_id, genesis_hash, address, consensus, consensus_type, input_box, data_availability,
  template_hash, epoch_length, first_block, checked_block, created_at, updated_at`;
const COPIED_CLAIM =
  "block_number, log_index, kind, epoch, outputs_root, submitter, transaction_hash, created_at";
const COPIED_TRANSACTION = "hash, purpose, subject, sender, nonce, raw, status, created_at";

/**
 * The migration for applications with disputes: their epochs have no length but seals, their claims are about states, and
 * there are transactions of more purposes. `claims.computed` is what this node's machine computed in place of what is
 * claimed. A transaction's subject is a number or an id in hex.
 */
export const ADD_DISPUTES = `
  DROP VIEW epoch_states;

  CREATE TABLE new_application (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    chain_id INTEGER NOT NULL,
    genesis_hash BLOB NOT NULL CHECK (length(genesis_hash) = 32),
    address BLOB NOT NULL CHECK (length(address) = 20),
    consensus BLOB NOT NULL CHECK (length(consensus) = 20),
    consensus_type TEXT NOT NULL CHECK (consensus_type IN ('AUTHORITY', 'QUORUM', 'DISPUTE')),
    input_box BLOB NOT NULL CHECK (length(input_box) = 20),
    data_availability BLOB NOT NULL,
    template_hash BLOB NOT NULL CHECK (length(template_hash) = 32),
    epoch_length INTEGER CHECK (epoch_length > 0),
    dispute_terms TEXT,
    first_block INTEGER NOT NULL,
    checked_block INTEGER NOT NULL CHECK (checked_block >= first_block - 1),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    CHECK ((consensus_type = 'DISPUTE') = (epoch_length IS NULL) AND (epoch_length IS NULL) = (dispute_terms IS NOT NULL))
  ) STRICT;
  INSERT INTO new_application (${COPIED_APPLICATION}) SELECT ${COPIED_APPLICATION} FROM application;
  DROP TABLE application;
  ALTER TABLE new_application RENAME TO application;

  CREATE TABLE new_claims (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('submitted', 'accepted')),
    epoch INTEGER NOT NULL,
    outputs_root BLOB NOT NULL CHECK (length(outputs_root) = 32),
    submitter BLOB CHECK (length(submitter) = 20),
    transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
    claim_id BLOB CHECK (length(claim_id) = 32),
    state BLOB CHECK (length(state) = 32),
    died_block INTEGER,
    computed BLOB CHECK (length(computed) = 32),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    PRIMARY KEY (block_number, log_index)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO new_claims (${COPIED_CLAIM}) SELECT ${COPIED_CLAIM} FROM claims;
  DROP TABLE claims;
  ALTER TABLE new_claims RENAME TO claims;
  CREATE INDEX claims_epoch ON claims (epoch, kind);
  CREATE INDEX claims_id ON claims (claim_id) WHERE claim_id IS NOT NULL;
  CREATE INDEX claims_not_compared ON claims (epoch) WHERE computed IS NULL;
  CREATE INDEX claims_wrong ON claims (epoch) WHERE computed <> coalesce(state, outputs_root);

  CREATE TABLE new_transactions (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    purpose TEXT NOT NULL CHECK (
      purpose IN (
        'claim', 'execution', 'seal', 'challenge', 'move', 'accept', 'reopen', 'timeout', 'release', 'withdraw', 'register'
      )
    ),
    subject TEXT NOT NULL,
    sender BLOB NOT NULL CHECK (length(sender) = 20),
    nonce INTEGER NOT NULL,
    raw BLOB NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'mined', 'reverted', 'replaced')),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;
  INSERT INTO new_transactions (${COPIED_TRANSACTION}) SELECT ${COPIED_TRANSACTION} FROM transactions;
  DROP TABLE transactions;
  ALTER TABLE new_transactions RENAME TO transactions;
  CREATE INDEX transactions_pending ON transactions (sender) WHERE status = 'pending';

  CREATE TABLE seals (
    epoch INTEGER PRIMARY KEY,
    first_input INTEGER NOT NULL,
    end_input INTEGER NOT NULL CHECK (end_input > first_input),
    state BLOB NOT NULL CHECK (length(state) = 32),
    block_number INTEGER NOT NULL,
    transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;

  CREATE VIEW epoch_states AS
  SELECT
    e.idx,
    e.virtual_index,
    e.first_block,
    iif(
      e.last_block = ${NOT_SEALED}, max(e.first_block, (SELECT checked_block FROM application)), e.last_block
    ) AS last_block,
    e.outputs_root,
    e.outputs_before,
    e.outputs_after,
    e.machine_hash,
    e.settled,
    e.created_at,
    e.updated_at,
    (SELECT min(i.idx) FROM inputs i WHERE i.epoch = e.idx) AS first_input,
    (SELECT max(i.idx) + 1 FROM inputs i WHERE i.epoch = e.idx) AS end_input,
    (
      SELECT c.transaction_hash FROM claims c
      WHERE c.epoch = e.idx AND c.kind = 'submitted' AND c.outputs_root = e.outputs_root
        AND coalesce(c.state, e.machine_hash) = e.machine_hash
      ORDER BY c.block_number, c.log_index LIMIT 1
    ) AS claim_transaction,
    CASE
      WHEN e.outputs_root IS NULL AND e.last_block > (SELECT checked_block FROM application) THEN 'OPEN'
      WHEN e.outputs_root IS NULL THEN 'CLOSED'
      WHEN EXISTS (
        SELECT 1 FROM claims c
        WHERE c.epoch = e.idx AND c.kind = 'accepted' AND c.outputs_root = e.outputs_root
      ) THEN 'CLAIM_ACCEPTED'
      WHEN EXISTS (SELECT 1 FROM claims c WHERE c.epoch = e.idx AND c.kind = 'accepted') THEN 'CLAIM_REJECTED'
      WHEN EXISTS (
        SELECT 1 FROM claims c
        WHERE c.epoch = e.idx AND c.kind = 'submitted' AND c.outputs_root = e.outputs_root
          AND coalesce(c.state, e.machine_hash) = e.machine_hash
      ) THEN 'CLAIM_SUBMITTED'
      ELSE 'CLAIM_COMPUTED'
    END AS status
  FROM epochs e;

  ${PROTECT_DISPUTE_TABLES}`;
