import type { Failure, Monitor } from "./createMonitor.ts";
import type { NodeStatus } from "./nodeStatus.ts";

/** Failures in a row after which a fault that may pass counts. */
const PATIENCE_ROUNDS = 3;

/** What `/health` says. */
export interface Health {
  ok: boolean;
  /** Why not. */
  reasons: string[];
  chain: { head: bigint | undefined; checkedBlock: bigint };
  inputs: { known: bigint; processed: bigint; waiting: bigint };
  machine: "up" | "starting" | "busy";
  current: NodeStatus["current"];
}

export function healthOf(monitor: Monitor, status: NodeStatus, machineIsUp: boolean): Health {
  const reasons = [
    !machineIsUp && "the machine is not up",
    sayAfterPatience("reading the chain fails", monitor.failureOf("chain")),
    sayAfterPatience("driving the machine fails", monitor.failureOf("machine")),
    sayAfterPatience("the machine cannot be stored", monitor.failureOf("snapshot")),
  ].filter((reason) => reason !== false);
  const { checkedBlock, inputs, processedInputs, current } = status;
  return {
    ok: reasons.length === 0,
    reasons,
    chain: { head: monitor.head(), checkedBlock },
    inputs: { known: inputs, processed: processedInputs, waiting: inputs - processedInputs },
    machine: machineIsUp ? (current === undefined ? "up" : "busy") : "starting",
    current,
  };
}

function sayAfterPatience(what: string, failure: Failure | undefined): string | false {
  if (failure === undefined || (!failure.needsHelp && failure.rounds < PATIENCE_ROUNDS)) {
    return false;
  }
  return `${what} since ${failure.since.toISOString()}: ${failure.reason}`;
}
