import type { WrongClaim } from "../store/claimsTable.ts";
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

export interface HealthFacts {
  status: NodeStatus;
  machineIsUp: boolean;
  wrongClaims: readonly WrongClaim[];
}

/** More wrong claims than that are only counted. */
const MAX_NAMED_CLAIMS = 10;

export function healthOf(monitor: Monitor, { status, machineIsUp, wrongClaims }: HealthFacts): Health {
  const reasons = [
    !machineIsUp && "the machine is not up",
    persistentFailure("reading the chain has failed", monitor.failureOf("chain")),
    persistentFailure("advancing the machine has failed", monitor.failureOf("machine")),
    persistentFailure("storing the machine has failed", monitor.failureOf("snapshot")),
    ...wrongClaims.slice(0, MAX_NAMED_CLAIMS).map(describeWrongClaim),
    wrongClaims.length > MAX_NAMED_CLAIMS && `${wrongClaims.length - MAX_NAMED_CLAIMS} more claims are wrong`,
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

function describeWrongClaim(claim: WrongClaim): string {
  const { epoch, claimId, submitter, claimed, computed, isAccepted } = claim;
  const what = claimId === undefined ? `claim of epoch ${epoch}` : `claim ${claimId} of epoch ${epoch}`;
  const by = submitter === undefined ? "" : ` by ${submitter}`;
  return `${isAccepted ? "the accepted" : "a"} ${what}${by} is wrong: it names ${claimed}, this node's machine computed ${computed}`;
}

function persistentFailure(what: string, failure: Failure | undefined): string | false {
  if (failure === undefined || (!failure.needsHelp && failure.rounds < TOLERATED_ROUNDS)) {
    return false;
  }
  return `${what} since ${failure.since.toISOString()}: ${failure.reason}`;
}
