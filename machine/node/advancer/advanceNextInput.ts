import type { AdvanceResult } from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import type { Advance } from "../model/advance.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import { inputCount, processedInputCount, readInputForMachine } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { recordAdvance } from "../store/recordAdvance.ts";
import type { DiskFullError } from "../store/storageErrors.ts";
import { retryWhileDiskFull } from "./retryWhileDiskFull.ts";
import type { Attempt, RollupMachine } from "./rollupMachine.ts";

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
  onDiskFull(error: DiskFullError, retryInMilliseconds: number): void;
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
  { store, maxCycles, onProgress, onDiskFull, signal, monitor, log }: AdvanceOptions,
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
    await retryWhileDiskFull(record, { signal, onDiskFull });
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
