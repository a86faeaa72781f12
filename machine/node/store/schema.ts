import { ADD_DISPUTES } from "./addDisputes.ts";
import { ADD_CHECKSUMS, ADD_TOTALS } from "./rowChecksums.ts";

/**
 * The database's schema as a list of migrations: migration n takes `user_version` from n to n + 1.
 * A released migration is never edited.
 *
 * Hashes and addresses are BLOBs, times are milliseconds since 1970. `inputs.status` is the machine's result;
 * the chain's view of epochs and outputs is stored as events. `epochs.settled` marks epochs that need no further work,
 * and `outputs.executed` executed outputs, so that finding the remaining ones takes the same time however many there are.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE application (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    chain_id INTEGER NOT NULL,
    genesis_hash BLOB NOT NULL CHECK (length(genesis_hash) = 32),
    address BLOB NOT NULL CHECK (length(address) = 20),
    consensus BLOB NOT NULL CHECK (length(consensus) = 20),
    consensus_type TEXT NOT NULL CHECK (consensus_type IN ('AUTHORITY', 'QUORUM')),
    input_box BLOB NOT NULL CHECK (length(input_box) = 20),
    data_availability BLOB NOT NULL,
    template_hash BLOB NOT NULL CHECK (length(template_hash) = 32),
    epoch_length INTEGER NOT NULL CHECK (epoch_length > 0),
    first_block INTEGER NOT NULL,
    checked_block INTEGER NOT NULL CHECK (checked_block >= first_block - 1),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;

  CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
  ) STRICT;

  CREATE TABLE epochs (
    idx INTEGER PRIMARY KEY,
    virtual_index INTEGER NOT NULL UNIQUE,
    first_block INTEGER NOT NULL,
    last_block INTEGER NOT NULL,
    outputs_root BLOB CHECK (length(outputs_root) = 32),
    outputs_before INTEGER,
    outputs_after INTEGER CHECK (outputs_after >= outputs_before),
    machine_hash BLOB CHECK (length(machine_hash) = 32),
    settled INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;
  CREATE INDEX epochs_unsettled ON epochs (idx) WHERE settled = 0;

  CREATE TABLE inputs (
    idx INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL REFERENCES epochs (idx),
    block_number INTEGER NOT NULL,
    block_hash BLOB NOT NULL CHECK (length(block_hash) = 32),
    transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
    sender BLOB NOT NULL CHECK (length(sender) = 20),
    raw BLOB NOT NULL,
    status TEXT NOT NULL DEFAULT 'NONE' CHECK (
      status IN ('NONE', 'ACCEPTED', 'REJECTED', 'EXCEPTION', 'MACHINE_HALTED', 'CYCLE_LIMIT_EXCEEDED')
    ),
    cycles INTEGER,
    exception TEXT,
    machine_hash BLOB CHECK (length(machine_hash) = 32),
    outputs_root BLOB CHECK (length(outputs_root) = 32),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    updated_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    CHECK ((status = 'NONE') = (machine_hash IS NULL) AND (status = 'NONE') = (cycles IS NULL))
  ) STRICT;
  CREATE INDEX inputs_pending ON inputs (idx) WHERE status = 'NONE';
  CREATE INDEX inputs_epoch ON inputs (epoch, idx);
  CREATE INDEX inputs_sender ON inputs (sender, idx);

  CREATE TABLE outputs (
    idx INTEGER PRIMARY KEY,
    input INTEGER NOT NULL REFERENCES inputs (idx) ON DELETE CASCADE,
    raw BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    selector BLOB,
    destination BLOB CHECK (length(destination) = 20),
    executed INTEGER NOT NULL DEFAULT 0 CHECK (executed IN (0, 1)),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;
  CREATE INDEX outputs_input ON outputs (input, idx);
  CREATE INDEX outputs_destination ON outputs (destination, idx);
  CREATE INDEX outputs_executable ON outputs (idx) WHERE executed = 0 AND destination IS NOT NULL;

  CREATE TABLE output_nodes (
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 63),
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, idx)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reports (
    idx INTEGER PRIMARY KEY,
    input INTEGER NOT NULL REFERENCES inputs (idx) ON DELETE CASCADE,
    raw BLOB NOT NULL,
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;
  CREATE INDEX reports_input ON reports (input, idx);

  CREATE TABLE claims (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('submitted', 'accepted')),
    epoch INTEGER NOT NULL,
    outputs_root BLOB NOT NULL CHECK (length(outputs_root) = 32),
    submitter BLOB CHECK (length(submitter) = 20),
    transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)),
    PRIMARY KEY (block_number, log_index)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claims_epoch ON claims (epoch, kind);

  CREATE TABLE executions (
    output INTEGER PRIMARY KEY,
    block_number INTEGER NOT NULL,
    transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;

  CREATE TABLE transactions (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    purpose TEXT NOT NULL CHECK (purpose IN ('claim', 'execution')),
    subject INTEGER NOT NULL,
    sender BLOB NOT NULL CHECK (length(sender) = 20),
    nonce INTEGER NOT NULL,
    raw BLOB NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'mined', 'reverted', 'replaced')),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;
  CREATE INDEX transactions_pending ON transactions (sender) WHERE status = 'pending';

  CREATE TABLE snapshots (
    inputs INTEGER PRIMARY KEY,
    machine_hash BLOB NOT NULL CHECK (length(machine_hash) = 32),
    content_digest BLOB NOT NULL CHECK (length(content_digest) = 32),
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
  ) STRICT;

  CREATE VIEW epoch_states AS
  SELECT
    e.*,
    (SELECT min(i.idx) FROM inputs i WHERE i.epoch = e.idx) AS first_input,
    (SELECT max(i.idx) + 1 FROM inputs i WHERE i.epoch = e.idx) AS end_input,
    (
      SELECT c.transaction_hash FROM claims c
      WHERE c.epoch = e.idx AND c.kind = 'submitted' AND c.outputs_root = e.outputs_root
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
      ) THEN 'CLAIM_SUBMITTED'
      ELSE 'CLAIM_COMPUTED'
    END AS status
  FROM epochs e;
  `,
  ADD_CHECKSUMS,
  ADD_TOTALS,
  ADD_DISPUTES,
];
