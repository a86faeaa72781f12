import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Indexer, type IndexerSettingsJson, startIndexer } from "../../indexer/index.ts";
import { formatDeployment } from "../../protocol/deployments/index.ts";
import { BenchError } from "../benchError.ts";
import { DEPLOYMENT } from "./chain/deployment.ts";
import type { ScaleChain } from "./chain/startScaleChain.ts";

const POLL_MS = 50;
const POLLING_INTERVAL_MS = 200;
const TIMEOUT_MS = 30 * 60_000;

/** Starts an indexer, and waits until it has indexed a chain: `seconds` is how long that took, its process's start included. */
export async function startIndexed(
  { rpcUrl }: ScaleChain,
  database: IndexerSettingsJson["database"],
): Promise<{ indexer: Indexer; seconds: number }> {
  const startedAt = performance.now();
  const indexer = await startIndexer({
    settings: {
      chains: [
        {
          ...{ rpcUrls: [rpcUrl], deployments: [formatDeployment(DEPLOYMENT)] },
          pollingInterval: POLLING_INTERVAL_MS,
        },
      ],
      database,
    },
  });
  return { indexer, seconds: (performance.now() - startedAt) / 1e3 };
}

/** How many rows of a table there are. */
export async function countOf(indexer: Indexer, table: "outputs" | "conflicts"): Promise<number> {
  const answer = await indexer.query<Record<string, { totalCount: number }>>(
    `{ ${table}(limit: 1) { totalCount } }`,
  );
  return answer[table]!.totalCount;
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) {
      throw new BenchError("the indexer did not get so far in time");
    }
    await pause(POLL_MS);
  }
}

/** The most memory that a process has had since it started or since {@link forgetPeakMemory}. */
export async function peakMemoryBytes({ pid }: Indexer): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

export async function forgetPeakMemory({ pid }: Indexer): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, "5");
}
