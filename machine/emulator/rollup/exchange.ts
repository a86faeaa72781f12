import type { Emulator, RunResult } from "../emulator.ts";
import { GuestProtocolError, MachineHaltedError, MachineNotWaitingError } from "../emulatorErrors.ts";
import { readExitCode } from "../htif.ts";
import { createCollector } from "./collector.ts";

export interface ExchangeOptions {
  /** How many cycles the request may take; by default {@link DEFAULT_MAX_CYCLES}. */
  maxCycles?: bigint | undefined;
  onProgress?: ((cycle: bigint) => void) | undefined;
  /** Aborts the request between two slices; the machine is unusable afterwards. */
  signal?: AbortSignal | undefined;
}

/** How a machine responded. It accepts another request only after `accepted`: fork it first, drop it otherwise. */
export type ExchangeStatus = "accepted" | "rejected" | "exception" | "halted" | "out-of-cycles";

export interface Exchange {
  status: ExchangeStatus;
  outputs: Uint8Array[];
  reports: Uint8Array[];
  /** The data of an accepting machine: after an input, the root of the outputs tree. */
  accepted?: Uint8Array;
  /** Why it ended with an exception: the machine's message, or how it broke the protocol. */
  exception?: string;
  cycles: bigint;
}

/** About two hours of an ordinary workload. */
export const DEFAULT_MAX_CYCLES = 1_000_000_000_000n;

export const REQUEST = { advance: 0, inspect: 1 } as const;
const AUTOMATIC = { progress: 1, output: 2, report: 4 } as const;
const MANUAL = { accepted: 1, rejected: 2, exception: 4 } as const;

/**
 * Sends a waiting machine one request and runs it to its response. A fault of the guest is an exception, since every
 * emulator sees the same; a fault outside the guest is thrown.
 */
export async function exchange(
  emulator: Emulator,
  request: keyof typeof REQUEST,
  data: Uint8Array,
  options: ExchangeOptions = {},
): Promise<Exchange> {
  const { maxCycles = DEFAULT_MAX_CYCLES, onProgress, signal } = options;
  await expectWaiting(emulator);
  const startedAt = await emulator.cycle();
  const collector = createCollector();
  await emulator.sendCmioResponse(REQUEST[request], data);
  const untilResponse = async (): Promise<Omit<Exchange, "outputs" | "reports" | "cycles">> => {
    while (true) {
      const result = await emulator.run({ untilCycle: startedAt + maxCycles, onProgress, signal });
      if (result.kind === "halted") {
        return { status: "halted" };
      }
      if (result.kind === "reached-target") {
        return { status: "out-of-cycles" };
      }
      if (result.kind === "yielded-manual") {
        return closingResponse(result);
      }
      if (result.reason === AUTOMATIC.output) {
        collector.addOutput(result.data);
      } else if (result.reason === AUTOMATIC.report) {
        collector.addReport(result.data);
      } else if (result.reason !== AUTOMATIC.progress) {
        throw new GuestProtocolError(`it yielded automatically for the unknown reason ${result.reason}`);
      }
    }
  };
  const outcome = await untilResponse().catch((error: unknown): Pick<Exchange, "status" | "exception"> => {
    if (!(error instanceof GuestProtocolError)) {
      throw error;
    }
    return { status: "exception", exception: error.details ?? error.shortMessage };
  });
  const { outputs, reports } = collector;
  return { ...outcome, outputs, reports, cycles: (await emulator.cycle()) - startedAt };
}

function closingResponse(result: Extract<RunResult, { data: Uint8Array }>) {
  switch (result.reason) {
    case MANUAL.accepted:
      return { status: "accepted", accepted: result.data } as const;
    case MANUAL.rejected:
      return { status: "rejected" } as const;
    case MANUAL.exception:
      return { status: "exception", exception: new TextDecoder().decode(result.data) } as const;
    default:
      throw new GuestProtocolError(`it yielded manually for the unknown reason ${result.reason}`);
  }
}

async function expectWaiting(emulator: Emulator): Promise<void> {
  if ((await emulator.readRegister("iflags_H")) !== 0n) {
    throw new MachineHaltedError(await readExitCode(emulator));
  }
  if ((await emulator.readRegister("iflags_Y")) === 0n) {
    throw new MachineNotWaitingError("it has not yielded");
  }
  const reason = await emulator.readRegister("htif_tohost_reason");
  if (reason !== BigInt(MANUAL.accepted)) {
    throw new MachineNotWaitingError(
      `it ended the previous request with reason ${reason} instead of accepting it`,
    );
  }
}
