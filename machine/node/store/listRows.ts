import type { SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Store } from "./openStore.ts";

export type Row = Record<string, SQLOutputValue>;

/** A condition on every row, with `?` for its one value; ignored when the value is `undefined`. */
export type Condition = readonly [sql: string, value: SQLInputValue | undefined];

export interface ListQuery {
  /** Constant SQL text, never a caller's. */
  select: string;
  from: string;
  /** The column to sort by. */
  order: string;
  where: readonly Condition[];
  limit: bigint;
  offset: bigint;
  descending: boolean;
}

/** The most bytes of `raw` columns in one page, so that no response exhausts the memory. */
const MAX_RAW_BYTES = 32 * 1024 * 1024;

const statements = new WeakMap<Store, Map<string, StatementSync>>();

/**
 * Reads a page of a list, and counts the whole list. If the rows are too large the page is shorter (but holds at least
 * one), and the returned `limit` is its length.
 */
export function listRows(store: Store, query: ListQuery): { rows: Row[]; total: bigint; limit: bigint } {
  const conditions = query.where.filter(([, value]) => value !== undefined);
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
  const values = conditions.map(([, value]) => value as SQLInputValue);
  const { total } = prepare(store, `SELECT count(*) AS total FROM ${query.from} ${where}`).get(...values) as {
    total: bigint;
  };
  const direction = query.descending ? "DESC" : "ASC";
  const page = prepare(
    store,
    `SELECT ${query.select} FROM ${query.from} ${where} ORDER BY ${query.order} ${direction} LIMIT ? OFFSET ?`,
  );
  const rows: Row[] = [];
  let bytes = 0;
  for (const row of page.iterate(...values, query.limit, query.offset)) {
    if (row.raw instanceof Uint8Array) {
      bytes += row.raw.length;
    }
    if (bytes > MAX_RAW_BYTES && rows.length > 0) {
      return { rows, total, limit: BigInt(rows.length) };
    }
    rows.push(row);
  }
  return { rows, total, limit: query.limit };
}

function prepare(store: Store, sql: string): StatementSync {
  const known = statements.get(store) ?? new Map<string, StatementSync>();
  statements.set(store, known);
  const statement = known.get(sql) ?? store.database.prepare(sql);
  known.set(sql, statement);
  return statement;
}
