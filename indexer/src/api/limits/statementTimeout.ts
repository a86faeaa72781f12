import { STATEMENT_TIMEOUT_MS } from "./bounds.ts";

/** What of Ponder's own database is used here; `graphql()` and `client()` find it in the same place. */
interface PonderDatabase {
  driver: {
    dialect: "pglite" | "postgres";
    readonly?: { on(event: "connect", listener: (client: Client) => void): void };
  };
}

interface Client {
  query(text: string): Promise<unknown>;
}

/** Lets Postgres end the statements of readers earlier than Ponder would; PGlite cannot. */
export function limitStatements(): void {
  const { PONDER_DATABASE } = globalThis as unknown as { PONDER_DATABASE: PonderDatabase };
  PONDER_DATABASE.driver.readonly?.on("connect", (client) => {
    // the pool reports a connection that fails
    client.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`).catch(() => undefined);
  });
}
