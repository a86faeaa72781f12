import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { FAULTS } from "../chain/describeFault.ts";
import { LOOP_NAMES } from "./loopNames.ts";

/** Creates the metrics that are updated when something happens. */
export function createMetrics() {
  const register = new Registry();
  const registers = [register];
  const metrics = {
    register,
    inputs: new Counter({
      name: "cartenix_inputs_processed_total",
      help: "Inputs that the machine has processed, by status",
      labelNames: ["status"],
      registers,
    }),
    advanceSeconds: new Histogram({
      name: "cartenix_advance_seconds",
      help: "Wall-clock time of an input, from the fork to the database",
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600, 3_600],
      registers,
    }),
    cycles: new Counter({
      name: "cartenix_machine_cycles_total",
      help: "Machine cycles spent on inputs",
      registers,
    }),
    faults: new Counter({
      name: "cartenix_rpc_faults_total",
      help: "Failed rounds of reading the chain, by the endpoint's fault",
      labelNames: ["fault"],
      registers,
    }),
    failures: new Counter({
      name: "cartenix_failures_total",
      help: "Failed rounds that are retried, by loop",
      labelNames: ["loop"],
      registers,
    }),
    reorganisations: new Histogram({
      name: "cartenix_reorganisation_blocks",
      help: "Depth of reorganisations, in blocks",
      buckets: [1, 2, 5, 10, 30, 100, 1_000],
      registers,
    }),
    transactions: new Counter({
      name: "cartenix_transactions_total",
      help: "Transactions of the node's account, by purpose and event",
      labelNames: ["purpose", "event"],
      registers,
    }),
    snapshots: new Counter({
      name: "cartenix_snapshots_total",
      help: "Snapshots of the machine, by result",
      labelNames: ["result"],
      registers,
    }),
    webhooks: new Counter({
      name: "cartenix_webhooks_total",
      help: "Messages to the webhook, by result",
      labelNames: ["result"],
      registers,
    }),
    head: new Gauge({
      name: "cartenix_chain_head_block",
      help: "The newest block that the node may read, as the endpoint reports it",
      registers,
    }),
  };
  for (const fault of FAULTS) {
    metrics.faults.inc({ fault }, 0);
  }
  for (const loop of LOOP_NAMES) {
    metrics.failures.inc({ loop }, 0);
  }
  return metrics;
}
