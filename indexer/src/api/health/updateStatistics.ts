import { db } from "ponder:api";
import { sql } from "ponder";

let updated: Promise<void> | undefined;

/**
 * Lets Postgres count what is in the tables, once: it does so by itself only a minute after they were filled, and PGlite never. Without
 * counts it reads whole tables for what an index has.
 */
export function updateStatistics(): Promise<void> {
  updated ??= analyzeTables();
  return updated;
}

/** With the usual 100 it reads ten times as many rows, which takes seconds, and finds the same plans. */
const STATISTICS_TARGET = 10;

async function analyzeTables(): Promise<void> {
  const { rows } = (await db.execute(
    sql`SELECT format('%I.%I', schemaname, tablename) AS "table" FROM pg_tables
      WHERE schemaname IN (current_schema(), 'ponder_sync')`,
  )) as { rows: { table: string }[] };
  for (const { table } of rows) {
    const analyze = `SET LOCAL default_statistics_target = ${STATISTICS_TARGET}; ANALYZE ${table};`;
    // a table without counts is slow to ask, and no reason not to serve
    await db.execute(sql.raw(`DO $$ BEGIN ${analyze} END $$`)).catch(() => undefined);
  }
}
