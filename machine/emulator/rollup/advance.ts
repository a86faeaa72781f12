import type { Hex } from "viem";
import type { Emulator } from "../emulator.ts";
import { OutputsNotCollectedError } from "../emulatorErrors.ts";
import { toHex } from "../hex.ts";
import { COLLECTED_LIMITS } from "./collection.ts";
import { type ExchangeOptions, type ExchangeStatus, exchange } from "./exchange.ts";

export interface AdvanceResult {
  status: ExchangeStatus;
  /** Vouchers and notices, ABI-encoded as they enter the outputs tree, in order. */
  outputs: Uint8Array[];
  reports: Uint8Array[];
  /** How many reports are missing because there were more than {@link COLLECTED_LIMITS}. */
  droppedReports: number;
  /** The root of the outputs tree after this input, if it was accepted. */
  outputsRoot?: Hex;
  /** Why the machine raised an exception. */
  exception?: string;
  cycles: bigint;
}

const ROOT_BYTES = 32;

/**
 * Sends a waiting machine one input, the whole ABI-encoded `EvmAdvance(…)` call, and runs it to its response. Fork first:
 * after any status but `accepted` this machine cannot continue.
 *
 * @throws {MachineHaltedError} when the machine has halted.
 * @throws {MachineNotWaitingError} when it is not waiting for an input.
 * @throws {InputTooLongError} when the input is longer than 2 MiB.
 * @throws {OutputsNotCollectedError} when the machine accepts with more outputs than {@link COLLECTED_LIMITS}.
 * @throws the signal's reason when aborted.
 */
export async function advance(
  emulator: Emulator,
  input: Uint8Array,
  options?: ExchangeOptions,
): Promise<AdvanceResult> {
  const { accepted, outputs, reports, ...outcome } = await exchange(emulator, "advance", input, options);
  const result = {
    ...outcome,
    outputs: outputs.collected,
    reports: reports.collected,
    droppedReports: reports.dropped,
  };
  if (accepted === undefined) {
    return result;
  }
  if (accepted.length !== ROOT_BYTES) {
    return { ...result, status: "exception", exception: `its outputs root has ${accepted.length} bytes` };
  }
  if (outputs.dropped > 0) {
    throw new OutputsNotCollectedError(outputs.dropped, COLLECTED_LIMITS.outputs);
  }
  return { ...result, outputsRoot: toHex(accepted) };
}
