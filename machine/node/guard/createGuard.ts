import { encodeFunctionData, type PublicClient } from "viem";
import { disputeConsensusAbi } from "../../../abi/index.ts";
import {
  type Action,
  type Call,
  callOf,
  type Disputes,
  type DisputesQuery,
  dueActions,
} from "../../dispute/index.ts";
import { createBackoff } from "../claimer/backoff.ts";
import type { Guard } from "../claimer/guard.ts";
import { reasonOf } from "../claimer/reasonOf.ts";
import type { Sender } from "../claimer/sender.ts";
import type { Log } from "../log/log.ts";
import type { TransactionPurpose, TransactionSubject } from "../store/transactionsTable.ts";
import { createBackgroundTask } from "./backgroundTask.ts";
import type { EpochTraces } from "./epochTraces.ts";
import { canDeposit } from "./guardFunds.ts";

export interface GuardOptions {
  client: PublicClient;
  traces: EpochTraces;
  /** In wei. */
  bond: bigint;
  /** Called when something that took time is ready to be sent. */
  onReady(): void;
  log: Log;
}

const PURPOSES = {
  move: "move",
  endByTimeout: "timeout",
  challenge: "challenge",
  claim: "claim",
  accept: "accept",
  reopen: "reopen",
  seal: "seal",
  releaseChallenge: "release",
  releaseClaim: "release",
} as const satisfies Record<Action["kind"], TransactionPurpose>;

/**
 * An honest player: challenges wrong claims, claims what this node's machine computed, plays all games, and takes back what it
 * is owed. What the machine must compute for it is computed beside everything else. It remembers nothing that it could not
 * find again on the chain.
 */
export function createGuard({ client, traces, bond, onReady, log }: GuardOptions): Guard & AsyncDisposable {
  const backoff = createBackoff();
  const task = createBackgroundTask<Call>(onReady);

  async function takeNext(
    disputes: Disputes,
    query: DisputesQuery,
    due: Action[],
    sender: Sender,
  ): Promise<boolean> {
    for (const action of due) {
      const key = keyOf(action);
      if (!backoff.allows(key)) {
        continue;
      }
      try {
        const openTrace = () => traces.of(disputes.epoch);
        const makeCall = () => callOf(action, { client, query, bond, openTrace });
        const call = needsMachine(action) ? task.poll(key, makeCall) : await makeCall();
        if (call !== undefined && (await send(action, call, disputes, sender))) {
          return true;
        }
      } catch (error) {
        backoff.failed(key);
        log.warn({ action: key, reason: reasonOf(error) }, "the guard cannot act now");
      }
    }
    return false;
  }

  async function send(action: Action, call: Call, { epoch }: Disputes, sender: Sender): Promise<boolean> {
    if (call.value > 0n && !(await canDeposit(client, sender.address, call.value))) {
      backoff.failed(keyOf(action));
      log.error(
        { action: keyOf(action), account: sender.address },
        "the guard has too little to deposit a bond",
      );
      return false;
    }
    await sender.sendEncoded(PURPOSES[action.kind], subjectOf(action, epoch.index), call);
    return true;
  }

  return {
    async sendNext({ disputes, state, query }, { sender }) {
      const due = dueActions(disputes, { address: sender.address, state });
      if (await takeNext(disputes, query, due, sender)) {
        return true;
      }
      if (due.length > 0) {
        return false;
      }
      return withdraw(query, sender);
    },
    async [Symbol.asyncDispose]() {
      await task.idle();
      await traces[Symbol.asyncDispose]();
    },
  };

  /** Takes back what the guard is owed when there is nothing else to do. */
  async function withdraw({ consensus, blockNumber }: DisputesQuery, sender: Sender): Promise<boolean> {
    const contract = { address: consensus, abi: disputeConsensusAbi, blockNumber } as const;
    const owed = await client.readContract({ ...contract, functionName: "owed", args: [sender.address] });
    if (owed === 0n || !backoff.allows("withdraw")) {
      return false;
    }
    backoff.failed("withdraw"); // until the chain shows that nothing is owed any more
    await sender.sendEncoded("withdraw", sender.address, {
      to: consensus,
      data: encodeFunctionData({
        abi: disputeConsensusAbi,
        functionName: "withdraw",
        args: [sender.address],
      }),
      value: 0n,
    });
    return true;
  }
}

function needsMachine({ kind }: Action): boolean {
  return kind === "move" || kind === "claim";
}

/** Another move of the same game is another action. */
function keyOf(action: Action): string {
  switch (action.kind) {
    case "move":
      return `move ${action.game.gameId} ${action.game.movedAt}`;
    case "claim":
      return `claim ${action.epochId} ${action.state}`;
    case "challenge":
    case "accept":
    case "releaseClaim":
      return `${action.kind} ${action.claimId}`;
    case "endByTimeout":
    case "releaseChallenge":
      return `${action.kind} ${action.gameId}`;
    default:
      return action.kind;
  }
}

function subjectOf(action: Action, epoch: bigint): TransactionSubject {
  switch (action.kind) {
    case "move":
      return action.game.gameId;
    case "challenge":
    case "accept":
    case "releaseClaim":
      return action.claimId;
    case "endByTimeout":
    case "releaseChallenge":
      return action.gameId;
    default:
      return epoch;
  }
}
