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

async function analyzeTables(): Promise<void> {
  const { rows } = (await db.execute(
    sql`SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN (current_schema(), 'ponder_sync')`,
  )) as { rows: { schemaname: string; tablename: string }[] };
  for (const { schemaname, tablename } of rows) {
    // a table without counts is slow to ask, and no reason not to serve
    await db
      .execute(sql`ANALYZE ${sql.identifier(schemaname)}.${sql.identifier(tablename)}`)
      .catch(() => undefined);
  }
}
