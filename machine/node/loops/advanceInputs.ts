import type { AdvanceResult } from "../../emulator/index.ts";
import type { DiskFullError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Attempt, RollupMachine } from "../machine/rollupMachine.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import {
  type Advance,
  inputCount,
  processedInputCount,
  readInputForMachine,
  recordAdvance,
} from "../store/advances.ts";
import type { Store } from "../store/openStore.ts";
import { whenThereIsRoom } from "./whenThereIsRoom.ts";

const STATUS_NAMES = {
  accepted: "ACCEPTED",
  rejected: "REJECTED",
  exception: "EXCEPTION",
  halted: "MACHINE_HALTED",
  "out-of-cycles": "CYCLE_LIMIT_EXCEEDED",
} as const satisfies Record<AdvanceResult["status"], Advance["status"]>;

export interface AdvanceOptions {
  store: Store;
  maxCycles: bigint;
  onProgress(inputIndex: bigint, cycles: bigint): void;
  /** The result cannot be written down for the time being. */
  onFull(error: DiskFullError, retryInMilliseconds: number): void;
  signal: AbortSignal;
  monitor: Monitor;
  log: Log;
}

/**
 * Gives the machine the next input that waits, and takes in what it did: on a fork first, then in the database, then
 * the fork becomes the machine. A crash between any two of these loses nothing and repeats nothing.
 *
 * @returns the cycles it took, or `undefined` when no input waits.
 */
export async function advanceNextInput(
  machine: RollupMachine,
  { store, maxCycles, onProgress, onFull, signal, monitor, log }: AdvanceOptions,
): Promise<bigint | undefined> {
  const inputIndex = processedInputCount(store);
  if (inputIndex === inputCount(store)) {
    return undefined;
  }
  const { raw } = readInputForMachine(store, inputIndex);
  const startedAt = performance.now();
  onProgress(inputIndex, 0n);
  log.info({ input: inputIndex, bytes: raw.length }, "input started");
  const attempt = await machine.attempt(raw, {
    maxCycles,
    signal,
    onProgress: (cycles) => onProgress(inputIndex, cycles),
  });
  const advance = advanceOf(inputIndex, attempt);
  log.debug({ input: inputIndex }, "input ran");
  try {
    const record = () => {
      signal.throwIfAborted(); // the input may be another one since
      recordAdvance(store, advance);
    };
    await whenThereIsRoom(record, { signal, onFull });
  } catch (error) {
    await attempt.drop();
    throw error;
  }
  log.debug({ input: inputIndex }, "input recorded");
  await attempt.keep();
  const { status, cycles, machineHash, outputs, reports } = advance;
  const milliseconds = Math.round(performance.now() - startedAt);
  monitor.processed({ status, cycles, milliseconds });
  log.info(
    {
      input: inputIndex,
      status,
      cycles,
      milliseconds,
      outputs: outputs.length,
      reports: reports.length,
      machineHash,
    },
    "input processed",
  );
  return cycles;
}

function advanceOf(inputIndex: bigint, { result, machineHash }: Attempt): Advance {
  return {
    inputIndex,
    status: STATUS_NAMES[result.status],
    cycles: result.cycles,
    machineHash,
    outputsRoot: result.outputsRoot,
    exception: result.exception,
    outputs: result.status === "accepted" ? result.outputs : [],
    reports: result.reports,
  };
}
