import { Gauge, type Registry } from "prom-client";
import type { ChainHealth } from "./health.ts";
import { readHealth } from "./readHealth.ts";

/** What of Ponder is used here: `/metrics` shows its registry. */
interface PonderCommon {
  metrics: { registry: Registry };
}

/** Adds what `/healthz` says to Ponder's metrics. */
export function addMetrics(): void {
  const { registry } = (globalThis as unknown as { PONDER_COMMON: PonderCommon }).PONDER_COMMON.metrics;
  const registers = [registry];
  registry.removeSingleMetric("cartenix_indexer_healthy");
  new Gauge({
    name: "cartenix_indexer_healthy",
    help: "1 when /healthz answers 200",
    registers,
    async collect() {
      this.set(Number((await readHealth()).healthy));
    },
  });
  const ofEachChain = (name: string, help: string, pick: (chain: ChainHealth) => number | undefined) => {
    registry.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      registers,
      labelNames: ["chain_id"],
      async collect() {
        this.reset();
        for (const chain of (await readHealth()).chains) {
          const value = pick(chain);
          if (value !== undefined) {
            this.set({ chain_id: chain.chainId }, value);
          }
        }
      },
    });
  };
  ofEachChain("cartenix_indexer_indexed_block", "The last indexed block", ({ indexed }) => indexed?.block);
  ofEachChain("cartenix_indexer_head_block", "The head of the chain", ({ head }) => head?.block);
  ofEachChain("cartenix_indexer_lag_seconds", "The time between the two", ({ lag }) => lag?.seconds);
}
