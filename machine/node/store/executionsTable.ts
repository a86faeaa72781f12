import type { Store } from "./openStore.ts";

/** How many outputs were executed, as far as the chain was read. */
export function executionCount({ sql }: Store): bigint {
  return (sql.get`SELECT count(*) AS n FROM executions` as { n: bigint }).n;
}
