import type { Emulator } from "../emulator.ts";
import { type ExchangeOptions, type ExchangeStatus, exchange } from "./exchange.ts";

export interface InspectResult {
  status: ExchangeStatus;
  /** The answer, in order. */
  reports: Uint8Array[];
  exception?: string;
  cycles: bigint;
}

/**
 * Asks a waiting machine a question. It changes the machine, even if only its clock: ask a fork, and drop it.
 *
 * @throws MachineHaltedError, MachineNotWaitingError, InputTooLongError; the signal's reason when cancelled
 */
export async function inspect(
  emulator: Emulator,
  query: Uint8Array,
  options?: ExchangeOptions,
): Promise<InspectResult> {
  const { accepted, outputs, ...result } = await exchange(emulator, "inspect", query, options);
  return result;
}
