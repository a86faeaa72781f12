import { createPublicClient, fallback, http } from "viem";
import { readSettings } from "../../../settings.ts";
import type { Health } from "./health.ts";
import { judgeChain } from "./judgeChain.ts";
import { readProgress } from "./readProgress.ts";
import { updateStatistics } from "./updateStatistics.ts";

const RPC_TIMEOUT_MS = 3_000;
/** For so long the same answer is given: each costs requests to the RPC endpoints. */
const KEPT_MS = 500;

const followed = readSettings(process.env).chains.map(({ rpcUrls, deployments, pollingInterval }) => ({
  chainId: deployments[0]!.chainId,
  client: createPublicClient({
    transport: fallback(rpcUrls.map((url) => http(url, { timeout: RPC_TIMEOUT_MS, retryCount: 0 }))),
    cacheTime: 0,
  }),
  pollingInterval,
}));

let last: { health: Promise<Health>; at: number } | undefined;

/** Compares the index with the heads of its chains. */
export function readHealth(): Promise<Health> {
  if (last === undefined || performance.now() - last.at > KEPT_MS) {
    last = { health: compare(), at: performance.now() };
  }
  return last.health;
}

async function compare(): Promise<Health> {
  const progress = await readProgress().catch(() => undefined);
  if (progress === undefined) {
    const reason = "the database does not answer";
    const chains = followed.map(({ chainId }) => ({ chainId, healthy: false, reason }));
    return { healthy: false, ready: false, chains };
  }
  const { isReady, indexed } = progress;
  if (isReady) {
    await updateStatistics();
  }
  const chains = await Promise.all(
    followed.map((chain) => judgeChain(chain, indexed.get(chain.chainId), BigInt(Date.now()))),
  );
  return { healthy: isReady && chains.every(({ healthy }) => healthy), ready: isReady, chains };
}
