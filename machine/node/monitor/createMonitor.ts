import type { Registry } from "prom-client";
import type { Fault } from "../chain/describeFault.ts";
import type { InputStatus } from "../model/advance.ts";
import type { TransactionPurpose, TransactionStatus } from "../store/transactionsTable.ts";
import { createMetrics } from "./createMetrics.ts";
import type { LoopName } from "./loopNames.ts";

/** Why a task keeps failing. */
export interface Failure {
  /** Failed attempts in a row. */
  rounds: number;
  since: Date;
  reason: string;
  /** Whether an operator must act. */
  needsHelp: boolean;
}

/** Records what happens in the node, for `/metrics` and `/health`. */
export interface Monitor {
  register: Registry;
  processed(input: { status: InputStatus; milliseconds: number; cycles: bigint }): void;
  sawHead(block: bigint | undefined): void;
  reorganised(blocks: bigint): void;
  transaction(
    purpose: TransactionPurpose,
    event: "sent" | "raised" | Exclude<TransactionStatus, "pending">,
  ): void;
  webhook(result: "delivered" | "failed"): void;
  snapshotTaken(): void;
  snapshotFailed(reason: string): void;
  endpointFailed(fault: Fault): void;
  failed(loop: LoopName, failure: { reason: string; needsHelp: boolean }): void;
  succeeded(loop: LoopName): void;
  head(): bigint | undefined;
  failureOf(task: LoopName | "snapshot"): Failure | undefined;
}

export function createMonitor(): Monitor {
  const metrics = createMetrics();
  const failures = new Map<LoopName | "snapshot", Failure>();
  let head: bigint | undefined;
  const recordFailure = (task: LoopName | "snapshot", reason: string, needsHelp: boolean) => {
    const { rounds = 0, since = new Date() } = failures.get(task) ?? {};
    failures.set(task, { rounds: rounds + 1, since, reason, needsHelp });
  };
  return {
    register: metrics.register,
    processed({ status, milliseconds, cycles }) {
      metrics.inputs.inc({ status });
      metrics.advanceSeconds.observe(milliseconds / 1e3);
      metrics.cycles.inc(Number(cycles));
    },
    sawHead(block) {
      head = block;
      if (block !== undefined) {
        metrics.head.set(Number(block));
      }
    },
    reorganised: (blocks) => metrics.reorganisations.observe(Number(blocks)),
    transaction: (purpose, event) => metrics.transactions.inc({ purpose, event }),
    webhook: (result) => metrics.webhooks.inc({ result }),
    snapshotTaken() {
      metrics.snapshots.inc({ result: "taken" });
      failures.delete("snapshot");
    },
    snapshotFailed(reason) {
      metrics.snapshots.inc({ result: "failed" });
      recordFailure("snapshot", reason, true);
    },
    endpointFailed: (fault) => metrics.faults.inc({ fault }),
    failed(loop, { reason, needsHelp }) {
      metrics.failures.inc({ loop });
      recordFailure(loop, reason, needsHelp);
    },
    succeeded: (loop) => void failures.delete(loop),
    head: () => head,
    failureOf: (task) => failures.get(task),
  };
}
