import type { Store } from "./openStore.ts";

/** How many outputs were executed, in the blocks read so far. */
export function executionCount({ sql }: Store): bigint {
  return (sql.get`SELECT count(*) AS n FROM executions` as { n: bigint }).n;
}
