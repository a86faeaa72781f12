import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type IndexerSettingsJson, pgliteFolder } from "../../indexer/index.ts";
import { makeScratchFolder } from "../../machine/packages/index.ts";
import { startPostgres } from "../../test/indexer/support/startPostgres.ts";

export interface BenchDatabase extends AsyncDisposable {
  settings: IndexerSettingsJson["database"];
  /** Drops what was indexed, and keeps what Ponder has of the chain. */
  dropIndexed(): Promise<void>;
}

const DROP_INDEXED = `do $$
  declare indexed text;
  begin
    for indexed in select nspname from pg_namespace where nspname like 'cartenix%' loop
      execute format('drop schema %I cascade', indexed);
    end loop;
  end $$`;

/** What Ponder reaches its databases with. */
const ponder = createRequire(fileURLToPath(import.meta.resolve("ponder")));
const { PGlite } = ponder("@electric-sql/pglite") as {
  PGlite: {
    create(folder: string): Promise<{ exec(statements: string): Promise<unknown>; close(): Promise<void> }>;
  };
};
const { Client } = ponder("pg") as {
  Client: new (options: {
    connectionString: string;
  }) => { connect(): Promise<void>; query(statement: string): Promise<unknown>; end(): Promise<void> };
};

export async function makePglite(): Promise<BenchDatabase> {
  const folder = makeScratchFolder("bench-pglite");
  const directory = join(folder.path, "data");
  return {
    settings: { kind: "pglite", directory },
    async dropIndexed() {
      const database = await PGlite.create(pgliteFolder(directory));
      await database.exec(DROP_INDEXED);
      await database.close();
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

export async function makePostgres(): Promise<BenchDatabase> {
  const postgres = await startPostgres();
  const { connectionString } = postgres;
  return {
    settings: { kind: "postgres", connectionString },
    async dropIndexed() {
      const client = new Client({ connectionString });
      await client.connect();
      await client.query(DROP_INDEXED);
      await client.end();
    },
    [Symbol.asyncDispose]: () => postgres.stop(),
  };
}
