import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/**
 * A process of its own, since PGlite can abort or hang on damaged files. Its arguments are PGlite's folder and a schema. It lets PGlite
 * recover what a crash left, reads every row, and unlocks the schema: whoever held the lock is gone. It fails when any of that does.
 */
const [folder, schema] = process.argv.slice(2) as [string, string];

interface Database {
  query<Row>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  close(): Promise<void>;
}

const ponder = createRequire(fileURLToPath(import.meta.resolve("ponder")));
const { PGlite } = ponder("@electric-sql/pglite") as { PGlite: new (options: object) => Database };

const database = new PGlite({ dataDir: folder });
const { rows } = await database.query<{ name: string }>(
  `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT LIKE 'pg\\_%' AND schemaname <> 'information_schema'`,
);
for (const { name } of rows) {
  await database.query(`SELECT count(to_jsonb(row)) FROM ${name} AS row`);
}
if (rows.some(({ name }) => name === `${schema}._ponder_meta`)) {
  await database.query(`UPDATE "${schema}"._ponder_meta SET value = jsonb_set(value, '{is_locked}', '0')`);
}
await database.close();
