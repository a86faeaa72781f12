import type { Failure, Monitor } from "./createMonitor.ts";
import type { NodeStatus } from "./nodeStatus.ts";

/** Failures in a row after which a temporary fault makes the node unhealthy. */
const TOLERATED_ROUNDS = 3;

/** The body of `/health`. */
export interface Health {
  ok: boolean;
  /** Why the node is not healthy. */
  reasons: string[];
  chain: { head: bigint | undefined; checkedBlock: bigint };
  inputs: { known: bigint; processed: bigint; waiting: bigint };
  machine: "up" | "starting" | "busy";
  current: NodeStatus["current"];
}

export function healthOf(monitor: Monitor, status: NodeStatus, machineIsUp: boolean): Health {
  const reasons = [
    !machineIsUp && "the machine is not up",
    persistentFailure("reading the chain has failed", monitor.failureOf("chain")),
    persistentFailure("advancing the machine has failed", monitor.failureOf("machine")),
    persistentFailure("storing the machine has failed", monitor.failureOf("snapshot")),
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

function persistentFailure(what: string, failure: Failure | undefined): string | false {
  if (failure === undefined || (!failure.needsHelp && failure.rounds < TOLERATED_ROUNDS)) {
    return false;
  }
  return `${what} since ${failure.since.toISOString()}: ${failure.reason}`;
}
