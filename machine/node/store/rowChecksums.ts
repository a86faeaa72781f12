import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { crc32 } from "node:zlib";

/**
 * Every row has a checksum of its columns, maintained by triggers: SQLite only checks the structure of a page, and
 * does not notice a flipped byte inside a value.
 */
type Tables = Readonly<Record<string, { key: string; columns: string }>>;

/** The tables as the second and third migration found them. */
const FIRST_TABLES: Tables = {
  application: {
    key: "id",
    columns: `chain_id, genesis_hash, address, consensus, consensus_type, input_box, data_availability, template_hash,
      epoch_length, first_block, checked_block, created_at, updated_at`,
  },
  blocks: { key: "number", columns: "hash" },
  epochs: {
    key: "idx",
    columns: `virtual_index, first_block, last_block, outputs_root, outputs_before, outputs_after, machine_hash, settled,
      created_at, updated_at`,
  },
  inputs: {
    key: "idx",
    columns: `epoch, block_number, block_hash, transaction_hash, sender, raw, status, cycles, exception, machine_hash,
      outputs_root, created_at, updated_at`,
  },
  outputs: { key: "idx", columns: "input, raw, hash, selector, destination, executed, created_at" },
  output_nodes: { key: "level, idx", columns: "hash" },
  reports: { key: "idx", columns: "input, raw, created_at" },
  claims: {
    key: "block_number, log_index",
    columns: "kind, epoch, outputs_root, submitter, transaction_hash, created_at",
  },
  executions: { key: "output", columns: "block_number, transaction_hash, created_at" },
  transactions: { key: "hash", columns: "purpose, subject, sender, nonce, raw, status, created_at" },
  snapshots: { key: "inputs", columns: "machine_hash, content_digest, created_at" },
};

/** The tables that the migration for disputes adds or makes anew. */
const DISPUTE_TABLES: Tables = {
  application: {
    key: "id",
    columns: `chain_id, genesis_hash, address, consensus, consensus_type, input_box, data_availability, template_hash,
      epoch_length, dispute_terms, first_block, checked_block, created_at, updated_at`,
  },
  claims: {
    key: "block_number, log_index",
    columns:
      "kind, epoch, outputs_root, submitter, transaction_hash, claim_id, state, died_block, computed, created_at",
  },
  seals: {
    key: "epoch",
    columns: "first_input, end_input, state, block_number, transaction_hash, created_at",
  },
  transactions: { key: "hash", columns: "purpose, subject, sender, nonce, raw, status, created_at" },
};

const TABLES: Tables = { ...FIRST_TABLES, ...DISPUTE_TABLES };

/** The migration that adds checksums to the first tables. */
export const ADD_CHECKSUMS = addChecksums(FIRST_TABLES);

function addChecksums(tables: Tables): string {
  return Object.entries(tables)
    .map(([table, { key, columns }]) => {
      const row = key
        .split(", ")
        .map((column) => `${column} = new.${column}`)
        .join(" AND ");
      const checksum = `row_crc(${key}, ${columns})`;
      return `
      ALTER TABLE ${table} ADD COLUMN crc INTEGER;
      UPDATE ${table} SET crc = ${checksum};
      CREATE TRIGGER ${table}_inserted AFTER INSERT ON ${table}
      BEGIN UPDATE ${table} SET crc = ${checksum} WHERE ${row}; END;
      CREATE TRIGGER ${table}_updated AFTER UPDATE OF ${key}, ${columns} ON ${table}
      BEGIN UPDATE ${table} SET crc = ${checksum} WHERE ${row}; END;`;
    })
    .join("\n");
}

/**
 * The migration that adds up each table: the number of its rows, and the sum of their checksums. Without it, rows that
 * vanish together with their page, or go back to an earlier state, would have no checksum that could be wrong.
 */
export const ADD_TOTALS = `
  CREATE TABLE totals (
    name TEXT PRIMARY KEY,
    row_count INTEGER NOT NULL,
    crc_sum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ${addTotals(FIRST_TABLES)}`;

function addTotals(tables: Tables): string {
  return Object.keys(tables)
    .map(
      (table) => `
      INSERT INTO totals SELECT '${table}', count(*), coalesce(sum(crc), 0) FROM ${table};
      CREATE TRIGGER ${table}_added AFTER UPDATE OF crc ON ${table}
      BEGIN
        UPDATE totals SET
          row_count = row_count + (old.crc IS NULL),
          crc_sum = crc_sum + new.crc - coalesce(old.crc, 0)
        WHERE name = '${table}';
      END;
      CREATE TRIGGER ${table}_removed AFTER DELETE ON ${table}
      BEGIN
        UPDATE totals SET row_count = row_count - 1, crc_sum = crc_sum - old.crc WHERE name = '${table}';
      END;`,
    )
    .join("\n");
}

/** What the migration for disputes ends with: its tables have no checksums and no totals yet. */
export const PROTECT_DISPUTE_TABLES = `
  ${addChecksums(DISPUTE_TABLES)}
  DELETE FROM totals WHERE name IN (${Object.keys(DISPUTE_TABLES)
    .map((table) => `'${table}'`)
    .join(", ")});
  ${addTotals(DISPUTE_TABLES)}`;

/** Defines the function that the triggers call. */
export function defineRowCrc(database: DatabaseSync): void {
  database.function(
    "row_crc",
    { deterministic: true, varargs: true, useBigIntArguments: true },
    (...values: SQLOutputValue[]) => values.reduce<number>((crc, value) => crcOfValue(value, crc), 0),
  );
}

function crcOfValue(value: SQLOutputValue, crc: number): number {
  if (value instanceof Uint8Array) {
    return crc32(value, crc32(`blob ${value.length} `, crc));
  }
  return crc32(`${typeof value} ${value} `, crc);
}

/** The first row whose checksum does not match its columns. */
export function findDamagedRow(database: DatabaseSync): string | undefined {
  for (const [table, { key, columns }] of Object.entries(TABLES)) {
    const row = database
      .prepare(`SELECT ${key} FROM ${table} WHERE crc IS NOT row_crc(${key}, ${columns}) LIMIT 1`)
      .get();
    if (row !== undefined) {
      return `${table} ${Object.values(row).map(formatValue).join("/")}`;
    }
  }
  return undefined;
}

/** The first table whose rows do not add up to what was written: some are missing, or have an earlier state. */
export function findDamagedTable(database: DatabaseSync): string | undefined {
  return Object.keys(TABLES).find((table) => {
    const found = database
      .prepare(`SELECT count(*) AS rows, coalesce(sum(crc), 0) AS crcs FROM ${table}`)
      .get();
    const known = database
      .prepare("SELECT row_count AS rows, crc_sum AS crcs FROM totals WHERE name = ?")
      .get(table);
    return found?.rows !== known?.rows || found?.crcs !== known?.crcs;
  });
}

function formatValue(value: SQLOutputValue): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
