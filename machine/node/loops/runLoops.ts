import type { PublicClient } from "viem";
import { advanceNextInput } from "../advancer/advanceNextInput.ts";
import type { MachineSupervisor } from "../advancer/machineSupervisor.ts";
import { MissingEventsError, ReorganisedError } from "../chain/chainErrors.ts";
import { expectComplete } from "../chain/expectComplete.ts";
import { findCommonBlock } from "../chain/findCommonBlock.ts";
import { type BatchLimit, followChain } from "../chain/followChain.ts";
import type { Claimer } from "../claimer/createClaimer.ts";
import type { Notifier } from "../concurrency/notifier.ts";
import type { Log } from "../log/log.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import type { SafeBlock } from "../model/chainEvents.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import type { LoopName } from "../monitor/loopNames.ts";
import { deleteEventsAfter } from "../store/deleteEventsAfter.ts";
import { updateEpochs } from "../store/epochsTable.ts";
import type { Store } from "../store/openStore.ts";
import { rollBack } from "../store/rollBack.ts";
import type { Watch } from "../watch/createWatch.ts";
import { describeFailure } from "./describeFailure.ts";
import { isFatal } from "./isFatal.ts";
import { retryLoop } from "./retryLoop.ts";

export interface LoopContext {
  client: PublicClient;
  store: Store;
  application: ApplicationInfo;
  supervisor: MachineSupervisor;
  /** The input that the machine is processing, and how to interrupt it. */
  machineTask: { inputIndex: bigint | undefined; interrupt(): void };
  /** Wakes the machine loop when there may be new inputs. */
  inputNotifier: Notifier;
  /** Wakes the chain loop when an input is processed, so that its claim need not wait for the next poll. */
  resultNotifier: Notifier;
  /** `undefined` when the node has no key. */
  claimer: Claimer | undefined;
  execute: boolean;
  watch: Watch;
  pollMs: number;
  safeBlock: SafeBlock;
  batchLimit: BatchLimit;
  /** The RPC endpoint, for messages. */
  rpcUrl: string;
  monitor: Monitor;
  onProgress(current: { inputIndex: bigint; cycles: bigint } | undefined): void;
  log: Log;
}

/**
 * Runs the node until the controller is aborted: one loop reads the chain and sends due transactions, the other advances
 * the machine.
 *
 * @throws the error that ended one of them.
 */
export async function runLoops(context: LoopContext, controller: AbortController): Promise<void> {
  const { signal } = controller;
  const loop = async (name: LoopName, round: () => Promise<void>) => {
    try {
      await retryLoop(round, {
        signal,
        isFatal,
        onSuccess: () => context.monitor.succeeded(name),
        onFailure: (error, retryInMilliseconds) => reportFailure(context, name, error, retryInMilliseconds),
      });
    } catch (error) {
      controller.abort(error);
      throw error;
    }
  };
  const results = await Promise.allSettled([
    loop("chain", () => chainRound(context, signal)),
    loop("machine", () => machineRound(context, signal)),
  ]);
  for (const result of results) {
    if (result.status === "rejected") {
      throw result.reason;
    }
  }
}

const ACTIVITIES: Readonly<Record<LoopName, string>> = {
  chain: "reading the chain",
  machine: "advancing the machine",
};

function reportFailure(
  { monitor, rpcUrl, log }: LoopContext,
  loop: LoopName,
  error: unknown,
  retryInMilliseconds: number,
): void {
  const { reason, remedy, endpoint } = describeFailure(error, loop, rpcUrl);
  monitor.failed(loop, { reason, needsHelp: remedy !== undefined });
  if (endpoint !== undefined) {
    monitor.endpointFailed(endpoint.fault);
  }
  const cause = endpoint ?? (remedy === undefined ? { reason } : { reason, remedy });
  log.warn({ ...cause, retryInMilliseconds }, `${ACTIVITIES[loop]} failed`);
}

async function chainRound(context: LoopContext, signal: AbortSignal): Promise<void> {
  const { client, store, application, safeBlock, batchLimit, claimer, execute } = context;
  try {
    const { head, blocks } = await followChain(client, store, application, { safeBlock, signal, batchLimit });
    context.monitor.sawHead(head);
    if (blocks > 0n) {
      context.inputNotifier.wake();
    }
    updateEpochs(store);
    if (head !== undefined && blocks > 0n) {
      await expectComplete(client, store, application, head);
    }
  } catch (error) {
    if (error instanceof MissingEventsError) {
      store.transaction(() => deleteEventsAfter(store, error.after));
    }
    if (!(error instanceof ReorganisedError)) {
      throw error;
    }
    return reorganise(context, error);
  }
  await context.watch.look();
  await claimer?.sendDueTransactions({ execute, signal });
  await context.resultNotifier.wait(signal, context.pollMs);
}

/** Deletes what came from blocks that are no longer on the chain; the next round reads their replacements. */
async function reorganise(context: LoopContext, error: ReorganisedError) {
  const { client, store, machineTask, inputNotifier, claimer, monitor, log } = context;
  const block = await findCommonBlock(client, store, error.blockNumber);
  const { inputs, lostResults } = rollBack(store, block);
  if ((machineTask.inputIndex ?? -1n) >= inputs) {
    machineTask.interrupt();
  }
  inputNotifier.wake();
  claimer?.resetBackoff();
  monitor.reorganised(error.blockNumber - block);
  log.warn({ from: error.blockNumber, to: block, inputs, lostResults }, "the chain was reorganised");
}

async function machineRound(context: LoopContext, stopping: AbortSignal): Promise<void> {
  const { store, supervisor, machineTask, log } = context;
  const interruption = new AbortController();
  const signal = AbortSignal.any([stopping, interruption.signal]);
  machineTask.interrupt = () => interruption.abort();
  try {
    const machine = await supervisor.machine();
    signal.throwIfAborted();
    const cycles = await advanceNextInput(machine, {
      store,
      signal,
      monitor: context.monitor,
      log,
      onDiskFull: (error, retryInMilliseconds) =>
        reportFailure(context, "machine", error, retryInMilliseconds),
      onProgress(inputIndex, cycles) {
        machineTask.inputIndex = inputIndex;
        context.onProgress({ inputIndex, cycles });
      },
    });
    machineTask.inputIndex = undefined;
    context.onProgress(undefined);
    if (supervisor.running() !== machine) {
      await machine.stop(); // it was discarded in the meantime, because a query found it dead
    }
    if (cycles === undefined) {
      await context.inputNotifier.wait(signal);
    } else {
      context.resultNotifier.wake();
      await supervisor.snapshotWhenDue(cycles);
    }
  } catch (error) {
    if (interruption.signal.aborted) {
      return; // the machine is unchanged, and the input is no longer on the chain
    }
    await supervisor.discard();
    throw error;
  } finally {
    machineTask.inputIndex = undefined;
    context.onProgress(undefined);
  }
}
