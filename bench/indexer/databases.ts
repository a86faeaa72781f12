import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { Client } from "pg";
import type { IndexerSettingsJson } from "../../indexer/index.ts";
import { makeScratchFolder } from "../../machine/packages/index.ts";
import { startPostgres } from "../../test/indexer/support/startPostgres.ts";

export interface BenchDatabase extends AsyncDisposable {
  settings: IndexerSettingsJson["database"];
  /** Drops what was indexed, and keeps what Ponder has of the chain. */
  dropIndexed(): Promise<void>;
}

const DROP_INDEXED = "drop schema cartenix cascade";

export async function makePglite(): Promise<BenchDatabase> {
  const folder = await makeScratchFolder("bench-pglite");
  const directory = join(folder.path, "pglite");
  return {
    settings: { kind: "pglite", directory },
    async dropIndexed() {
      const database = await PGlite.create(directory);
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
