import { CartenixError, type ErrorCode } from "../../../support/index.ts";
import { EmulatorGoneError, type InspectResult } from "../../emulator/index.ts";
import type { MachineSupervisor } from "../advancer/machineSupervisor.ts";
import { createFairSemaphore } from "../concurrency/fairSemaphore.ts";
import { hexOf } from "../model/bytes.ts";

/** Queries that run at the same time, each on its own fork of the machine. */
export const MAX_CONCURRENT_INSPECTS = 2;
/** One client leaves a place to others, since a query can take minutes. */
const MAX_CONCURRENT_INSPECTS_OF_CLIENT = 1;
/** Queries that wait for their turn; further ones are rejected. */
const MAX_WAITING_INSPECTS = 64;
const MAX_WAITING_INSPECTS_OF_CLIENT = 16;
/** The most cycles that one query may take. */
export const INSPECT_MAX_CYCLES = 100_000_000_000n;
/** The longest query: the size of the machine's receive buffer. */
export const MAX_QUERY_BYTES = 2 * 1024 * 1024;

/** The machine cannot answer now: it is still starting, or there are too many queries. */
export class InspectUnavailableError extends CartenixError {
  readonly code: ErrorCode = "INSPECT_UNAVAILABLE";
}

/** The Cartesi node's names of the results. */
const STATUS_NAMES = {
  accepted: "Accepted",
  rejected: "Rejected",
  exception: "Exception",
  halted: "MachineHalted",
  "out-of-cycles": "CycleLimitExceeded",
} as const satisfies Record<InspectResult["status"], string>;

/** Answers a query on a fork of the machine between two inputs. The answer is JSON text in pieces, since it may be long. */
export type Inspector = (
  query: Uint8Array,
  options: {
    /** Names who asks: clients take turns. */
    client: string;
    signal: AbortSignal;
  },
) => Promise<Iterable<string>>;

export function createInspector(
  supervisor: Pick<MachineSupervisor, "running">,
  onGone: () => void,
): Inspector {
  const semaphore = createFairSemaphore({
    places: MAX_CONCURRENT_INSPECTS,
    placesOfOne: MAX_CONCURRENT_INSPECTS_OF_CLIENT,
    waitingPlaces: MAX_WAITING_INSPECTS,
    waitingPlacesOfOne: MAX_WAITING_INSPECTS_OF_CLIENT,
    refuse: () => {
      throw new InspectUnavailableError("Too many queries");
    },
  });
  return (query, { client, signal }) =>
    semaphore(client, async () => {
      signal.throwIfAborted();
      const machine = supervisor.running();
      if (machine === undefined) {
        throw new InspectUnavailableError("Machine not ready");
      }
      try {
        const { result, inputs } = await machine.inspect(query, { maxCycles: INSPECT_MAX_CYCLES, signal });
        return formatResult(result, inputs);
      } catch (error) {
        if (error instanceof EmulatorGoneError) {
          onGone();
        }
        throw error;
      }
    });
}

/** Formats `{status, exception_payload, reports: [{payload}], processed_input_count}`, report by report. */
function* formatResult({ status, exception, reports }: InspectResult, inputs: bigint): Iterable<string> {
  const payload = exception === undefined ? null : hexOf(new TextEncoder().encode(exception));
  yield `{"status":${JSON.stringify(STATUS_NAMES[status])},"exception_payload":${JSON.stringify(payload)},"reports":[`;
  for (const [position, report] of reports.entries()) {
    yield `${position === 0 ? "" : ","}{"payload":"${hexOf(report)}"}`;
  }
  yield `],"processed_input_count":${inputs}}`;
}
