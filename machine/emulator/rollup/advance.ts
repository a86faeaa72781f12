import type { Hex } from "viem";
import type { Emulator } from "../emulator.ts";
import { toHex } from "../hex.ts";
import { type ExchangeOptions, type ExchangeStatus, exchange } from "./exchange.ts";

export interface AdvanceResult {
  status: ExchangeStatus;
  /** Vouchers and notices, ABI-encoded as they enter the outputs tree, in order. */
  outputs: Uint8Array[];
  reports: Uint8Array[];
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
 * @throws the signal's reason when aborted.
 */
export async function advance(
  emulator: Emulator,
  input: Uint8Array,
  options?: ExchangeOptions,
): Promise<AdvanceResult> {
  const { accepted, ...result } = await exchange(emulator, "advance", input, options);
  if (accepted === undefined) {
    return result;
  }
  if (accepted.length !== ROOT_BYTES) {
    return { ...result, status: "exception", exception: `its outputs root has ${accepted.length} bytes` };
  }
  return { ...result, outputsRoot: toHex(accepted) };
}
