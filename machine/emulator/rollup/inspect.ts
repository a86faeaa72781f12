import type { Emulator } from "../emulator.ts";
import { COLLECTED_LIMITS } from "./collection.ts";
import { type ExchangeOptions, type ExchangeStatus, exchange } from "./exchange.ts";

export interface InspectResult {
  status: ExchangeStatus;
  /** The response, in order. */
  reports: Uint8Array[];
  exception?: string;
  cycles: bigint;
}

/**
 * Sends a waiting machine a query. This changes the machine, if only its clock: query a fork, and drop it.
 *
 * @throws {MachineHaltedError} when the machine has halted.
 * @throws {MachineNotWaitingError} when it is not waiting for an input.
 * @throws {InputTooLongError} when the query is longer than 2 MiB.
 * @throws the signal's reason when aborted.
 */
export async function inspect(
  emulator: Emulator,
  query: Uint8Array,
  options?: ExchangeOptions,
): Promise<InspectResult> {
  const { accepted, outputs, reports, ...outcome } = await exchange(emulator, "inspect", query, options);
  const result = { ...outcome, reports: reports.collected };
  if (reports.dropped === 0) {
    return result;
  }
  const { count, bytes } = COLLECTED_LIMITS.reports;
  return {
    ...result,
    status: "exception",
    exception: `it sent more than ${count} reports or ${bytes} bytes`,
  };
}
