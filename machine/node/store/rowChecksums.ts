import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { crc32 } from "node:zlib";

/**
 * Every row has a checksum of its columns, maintained by triggers: SQLite only checks the structure of a page, and
 * does not notice a flipped byte inside a value.
 */
const TABLES: Readonly<Record<string, { key: string; columns: string }>> = {
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

/** The migration that adds checksums to the tables above. */
export const ADD_CHECKSUMS = Object.entries(TABLES)
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

function formatValue(value: SQLOutputValue): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
