import type { PublicClient } from "viem";
import { followChain } from "../chain/follow.ts";
import type { ApplicationFacts, SafeBlock } from "../chain/types.ts";
import type { Log } from "../log.ts";
import type { MachineKeeper } from "../machine/keeper.ts";
import type { SettlementContext } from "../settlement/types.ts";
import { updateEpochs } from "../store/epochs.ts";
import type { Store } from "../store/openStore.ts";
import type { WakeUp } from "../wakeUp.ts";
import { advanceNextInput } from "./advanceInputs.ts";
import { isFatal } from "./isFatal.ts";
import { retrying } from "./retrying.ts";
import { settle } from "./settle.ts";

export interface LoopContext {
  client: PublicClient;
  store: Store;
  facts: ApplicationFacts;
  keeper: MachineKeeper;
  /** Rings when there may be inputs for the machine. */
  machineWakeUp: WakeUp;
  /** Rings when the machine is done with an input, so that its claim need not wait for the next look at the chain. */
  chainWakeUp: WakeUp;
  /** What sends transactions, one task at a time; absent when the node has no key. */
  settlement: { context: SettlementContext; exclusive<T>(task: () => Promise<T>): Promise<T> } | undefined;
  execute: boolean;
  pollMs: number;
  safeBlock: SafeBlock;
  maxCycles: bigint;
  onProgress(current: { inputIndex: bigint; cycles: bigint } | undefined): void;
  log: Log;
}

/**
 * Runs the node until the signal is given: one loop reads the chain and sends what is due, one drives the machine.
 *
 * @throws the fault of the one that cannot go on.
 */
export async function runLoops(context: LoopContext, controller: AbortController): Promise<void> {
  const { log } = context;
  const { signal } = controller;
  const loop = async (name: string, round: () => Promise<void>) => {
    try {
      await retrying(name, round, { signal, log, isFatal });
    } catch (error) {
      controller.abort(error);
      throw error;
    }
  };
  const results = await Promise.allSettled([
    loop("reading the chain", () => chainRound(context, signal)),
    loop("driving the machine", () => machineRound(context, signal)),
  ]);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function chainRound(context: LoopContext, signal: AbortSignal): Promise<void> {
  const { client, store, facts, safeBlock, settlement, execute } = context;
  const blocks = await followChain(client, store, facts, { safeBlock, signal });
  if (blocks > 0n) context.machineWakeUp.wake();
  updateEpochs(store);
  await settlement?.exclusive(() => settle(settlement.context, { execute, signal }));
  await context.chainWakeUp.wait(signal, context.pollMs);
}

async function machineRound(context: LoopContext, signal: AbortSignal): Promise<void> {
  const { store, keeper, maxCycles, log } = context;
  const machine = await keeper.machine();
  try {
    const cycles = await advanceNextInput(machine, {
      store,
      maxCycles,
      signal,
      log,
      onProgress: (inputIndex, cycles) => context.onProgress({ inputIndex, cycles }),
    });
    context.onProgress(undefined);
    if (cycles === undefined) return await context.machineWakeUp.wait(signal);
    context.chainWakeUp.wake();
    await keeper.spent(cycles);
  } catch (error) {
    context.onProgress(undefined);
    await keeper.discard();
    throw error;
  }
}
