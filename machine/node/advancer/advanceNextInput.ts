import { MAX_INPUT_CYCLES } from "../../../protocol/index.ts";
import type { AdvanceResult } from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import type { Advance } from "../model/advance.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import { inputCount, processedInputCount, readInput } from "../store/inputsTable.ts";
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
  onProgress(inputIndex: bigint, cycles: bigint): void;
  /** Called each time the result cannot be recorded because the disk is full. */
  onDiskFull(error: DiskFullError, retryInMilliseconds: number): void;
  signal: AbortSignal;
  monitor: Monitor;
  log: Log;
}

/**
 * Advances the machine by the next waiting input: runs it on a fork, records the result in the database, and then makes
 * the fork the machine. A crash between any two of these steps loses nothing and repeats nothing.
 *
 * @returns the cycles it took, or `undefined` if no input is waiting.
 */
export async function advanceNextInput(
  machine: RollupMachine,
  { store, onProgress, onDiskFull, signal, monitor, log }: AdvanceOptions,
): Promise<bigint | undefined> {
  const inputIndex = processedInputCount(store);
  if (inputIndex === inputCount(store)) {
    return undefined;
  }
  const { raw } = readInput(store, inputIndex);
  const startedAt = performance.now();
  onProgress(inputIndex, 0n);
  log.info({ input: inputIndex, bytes: raw.length }, "input started");
  const attempt = await machine.attempt(raw, {
    maxCycles: MAX_INPUT_CYCLES,
    signal,
    onProgress: (cycles) => onProgress(inputIndex, cycles),
  });
  const advance = advanceOf(inputIndex, attempt);
  log.debug({ input: inputIndex }, "input ran");
  const { droppedReports } = attempt.result;
  if (droppedReports > 0) {
    log.warn({ input: inputIndex, droppedReports }, "the input sent more reports than are kept");
  }
  try {
    const record = () => {
      signal.throwIfAborted(); // a reorganisation may have replaced the input
      recordAdvance(store, advance);
    };
    await retryWhileDiskFull(record, { signal, onDiskFull });
  } catch (error) {
    await attempt.discard();
    throw error;
  }
  log.debug({ input: inputIndex }, "input recorded");
  await attempt.commit();
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
