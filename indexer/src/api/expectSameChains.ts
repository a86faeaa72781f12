import { IndexerError } from "../../indexerError.ts";
import type { IndexerSettings } from "../../settings.ts";

/** What of Ponder is used here. */
interface Ponder {
  PONDER_COMMON: { options: { command: string } };
  PONDER_DATABASE: { driver: { dialect: "pglite" } | { dialect: "postgres"; admin: Pool } };
}

interface Pool {
  query(text: string, values?: unknown[]): Promise<{ rows: { hash: string }[] }>;
}

const TABLE = "cartenix_chains.genesis";

/**
 * Keeps the genesis hash of each chain in Postgres. Ponder keeps what endpoints answered by chain id alone, for all schemas: what it has
 * of one chain would mix with another's. A data folder is of one index alone.
 *
 * @throws {IndexerError} when the database has rows of another chain with the same id.
 */
export async function expectSameChains({ chains }: IndexerSettings): Promise<void> {
  const { PONDER_COMMON, PONDER_DATABASE } = globalThis as unknown as Ponder;
  const { driver } = PONDER_DATABASE;
  if (driver.dialect === "pglite" || PONDER_COMMON.options.command === "serve") {
    return;
  }
  await driver.admin.query(`CREATE SCHEMA IF NOT EXISTS cartenix_chains`);
  await driver.admin.query(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (chain_id bigint PRIMARY KEY, hash text NOT NULL)`,
  );
  for (const { deployments } of chains) {
    const { chainId, genesisHash } = deployments[0]!;
    await driver.admin.query(`INSERT INTO ${TABLE} VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      chainId,
      genesisHash,
    ]);
    const { rows } = await driver.admin.query(`SELECT hash FROM ${TABLE} WHERE chain_id = $1`, [chainId]);
    const known = rows[0]!.hash;
    if (known !== genesisHash) {
      throw new IndexerError(`the database has rows of another chain with the id ${chainId}`, {
        details: `its genesis hash is ${known}, the deployments name ${genesisHash}`,
        remedy: "use another database, or DROP SCHEMA ponder_sync, cartenix_chains CASCADE",
      });
    }
  }
}
