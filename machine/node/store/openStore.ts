import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { CartenixError } from "../../../support/index.ts";
import { defineRowCrc, findDamagedRow, findDamagedTable } from "./rowChecksums.ts";
import { MIGRATIONS } from "./schema.ts";
import { DatabaseDamagedError, DatabaseError } from "./storageErrors.ts";
import { toStorageError, withStorageErrors } from "./toStorageError.ts";

type Values = SQLInputValue[];
type Row = Record<string, SQLOutputValue>;

/** Runs the SQL of a template literal; its values become parameters, and each statement is prepared once. */
export interface Sql {
  run(text: TemplateStringsArray, ...values: Values): { changes: bigint };
  get(text: TemplateStringsArray, ...values: Values): Row | undefined;
  all(text: TemplateStringsArray, ...values: Values): Row[];
  iterate(text: TemplateStringsArray, ...values: Values): Iterable<Row>;
}

/** The node's database; integers are returned as bigints. */
export interface Store {
  sql: Sql;
  /** For statements whose text is not constant. */
  database: DatabaseSync;
  /** Applies the whole change or none of it. */
  transaction<T>(change: () => T): T;
  close(): void;
}

/**
 * Opens the database, checks every page and row of it, and migrates its schema.
 *
 * @throws {DatabaseDamagedError} when a page or a row is corrupt.
 * @throws {DiskFullError} when there is no space to open it.
 * @throws {DatabaseError} when it is newer than this program, or cannot be opened for another reason.
 */
export function openStore(path: string): Store {
  mkdirSync(dirname(path), { recursive: true });
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readBigInts: true, timeout: 5_000 });
    // FULL: a power cut must not lose a signed transaction after it was sent.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    defineRowCrc(database);
    checkPages(database, path);
    migrate(database);
    checkSchema(database, path);
    checkRows(database, path);
  } catch (error) {
    database?.close();
    const fault = toStorageError(error, path);
    if (fault instanceof CartenixError) {
      throw fault;
    }
    throw new DatabaseError(path, error instanceof Error ? error.message : String(error), error);
  }
  return storeOf(database, path);
}

function storeOf(database: DatabaseSync, path: string): Store {
  return {
    sql: sqlOf(database, path),
    database,
    transaction: (change) => withStorageErrors(path, () => inTransaction(database, change)),
    close: () => database.close(),
  };
}

/** Unlike the statements of Node's own tag store, these do not keep the file open after the database is closed. */
function sqlOf(database: DatabaseSync, path: string): Sql {
  const statements = new Map<TemplateStringsArray, StatementSync>();
  const statement = (text: TemplateStringsArray) => {
    const known = statements.get(text) ?? database.prepare(text.join("?"));
    statements.set(text, known);
    return known;
  };
  return {
    run: (text, ...values) =>
      withStorageErrors(path, () => statement(text).run(...values) as { changes: bigint }),
    get: (text, ...values) => withStorageErrors(path, () => statement(text).get(...values)),
    all: (text, ...values) => withStorageErrors(path, () => statement(text).all(...values)),
    iterate: (text, ...values) => statement(text).iterate(...values),
  };
}

function checkPages(database: DatabaseSync, path: string): void {
  const found = database.prepare("PRAGMA integrity_check(1)").get()?.integrity_check;
  if (found !== "ok") {
    throw new DatabaseDamagedError(path, `${found}`);
  }
}

/** A changed bit in the schema can rename a column, or hide a table with all its rows from the checks of rows. */
function checkSchema(database: DatabaseSync, path: string): void {
  if (schemaOf(database) !== expectedSchema()) {
    throw new DatabaseDamagedError(path, "its schema is not the one that this program creates");
  }
}

let expected: string | undefined;

function expectedSchema(): string {
  if (expected === undefined) {
    const fresh = new DatabaseSync(":memory:", { readBigInts: true });
    defineRowCrc(fresh);
    migrate(fresh);
    expected = schemaOf(fresh);
    fresh.close();
  }
  return expected;
}

/** Where a table starts depends on what the database held when a migration made it: only that it starts somewhere counts. */
function schemaOf(database: DatabaseSync): string {
  const rows = database
    .prepare("SELECT type, name, tbl_name, rootpage > 0 AS has_pages, sql FROM sqlite_schema ORDER BY rowid")
    .all();
  return rows.map((row) => Object.values(row).join("\n")).join("\n\n");
}

function checkRows(database: DatabaseSync, path: string): void {
  const damaged = findDamagedRow(database);
  if (damaged !== undefined) {
    throw new DatabaseDamagedError(path, `the checksum of row ${damaged} does not match`);
  }
  const table = findDamagedTable(database);
  if (table !== undefined) {
    throw new DatabaseDamagedError(path, `the rows of table ${table} do not add up`);
  }
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > MIGRATIONS.length) {
    throw new Error(
      `its schema version is ${version}, the newest that this program supports is ${MIGRATIONS.length}`,
    );
  }
  for (const [step, sql] of MIGRATIONS.entries()) {
    if (step < version) {
      continue;
    }
    inTransaction(database, () => database.exec(`${sql}; PRAGMA user_version = ${step + 1};`));
  }
}

function inTransaction<T>(database: DatabaseSync, change: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = change();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) {
      database.exec("ROLLBACK");
    }
    throw error;
  }
}
