import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { FAULTS } from "../chain/describeFault.ts";

/** The node's figures that are counted where they happen. */
export function createMetrics() {
  const register = new Registry();
  const registers = [register];
  const metrics = {
    register,
    inputs: new Counter({
      name: "cartenix_inputs_processed_total",
      help: "Inputs that the machine has taken, by what it made of them",
      labelNames: ["status"],
      registers,
    }),
    advanceSeconds: new Histogram({
      name: "cartenix_advance_seconds",
      help: "Wall clock time of an input, from the fork to the database",
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600, 3_600],
      registers,
    }),
    cycles: new Counter({
      name: "cartenix_machine_cycles_total",
      help: "Machine cycles that inputs took",
      registers,
    }),
    faults: new Counter({
      name: "cartenix_rpc_faults_total",
      help: "Rounds of reading the chain that failed, by what the endpoint did wrong",
      labelNames: ["fault"],
      registers,
    }),
    failures: new Counter({
      name: "cartenix_failures_total",
      help: "Rounds that failed and were tried again, by loop",
      labelNames: ["loop"],
      registers,
    }),
    reorganisations: new Histogram({
      name: "cartenix_reorganisation_blocks",
      help: "Depth of the chain's reorganisations",
      buckets: [1, 2, 5, 10, 30, 100, 1_000],
      registers,
    }),
    transactions: new Counter({
      name: "cartenix_transactions_total",
      help: "Transactions of the node's own account, by purpose and what became of them",
      labelNames: ["purpose", "event"],
      registers,
    }),
    snapshots: new Counter({
      name: "cartenix_snapshots_total",
      help: "Stored machines, by whether it went well",
      labelNames: ["result"],
      registers,
    }),
    head: new Gauge({
      name: "cartenix_chain_head_block",
      help: "The newest block that counts as settled, as the endpoint says",
      registers,
    }),
  };
  for (const fault of FAULTS) {
    metrics.faults.inc({ fault }, 0);
  }
  for (const loop of ["chain", "machine"]) {
    metrics.failures.inc({ loop }, 0);
  }
  return metrics;
}
