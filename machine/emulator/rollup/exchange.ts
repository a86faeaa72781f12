import type { Emulator, RunResult } from "../emulator.ts";
import { GuestProtocolError, MachineHaltedError, MachineNotWaitingError } from "../emulatorErrors.ts";
import { readExitCode } from "../htif.ts";
import { createCollector } from "./collector.ts";

export interface ExchangeOptions {
  /** The machine may run this many cycles for the request; {@link DEFAULT_MAX_CYCLES} without it. */
  maxCycles?: bigint | undefined;
  onProgress?: ((cycle: bigint) => void) | undefined;
  /** Gives the request up between two slices; the machine is then of no further use. */
  signal?: AbortSignal | undefined;
}

/** How a machine answered. Only after `accepted` can it take the next request: fork before, drop after the others. */
export type ExchangeStatus = "accepted" | "rejected" | "exception" | "halted" | "out-of-cycles";

export interface Exchange {
  status: ExchangeStatus;
  outputs: Uint8Array[];
  reports: Uint8Array[];
  /** What an accepting machine left in its buffer: after an input, the root of its outputs. */
  accepted?: Uint8Array;
  /** Why it ended with an exception: the machine's own words, or which rule of the protocol it broke. */
  exception?: string;
  cycles: bigint;
}

/** About two hours of an ordinary workload. */
export const DEFAULT_MAX_CYCLES = 1_000_000_000_000n;

export const REQUEST = { advance: 0, inspect: 1 } as const;
const AUTOMATIC = { progress: 1, output: 2, report: 4 } as const;
const MANUAL = { accepted: 1, rejected: 2, exception: 4 } as const;

/**
 * Gives a waiting machine one request and runs it to its answer. What the guest does wrong is an exception, as every
 * emulator would see the same; what goes wrong outside the guest is thrown.
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
  const answer = async (): Promise<Omit<Exchange, "outputs" | "reports" | "cycles">> => {
    while (true) {
      const result = await emulator.run({ untilCycle: startedAt + maxCycles, onProgress, signal });
      if (result.kind === "halted") {
        return { status: "halted" };
      }
      if (result.kind === "reached-target") {
        return { status: "out-of-cycles" };
      }
      if (result.kind === "yielded-manual") {
        return closingAnswer(result);
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
  const outcome = await answer().catch((error: unknown): Pick<Exchange, "status" | "exception"> => {
    if (!(error instanceof GuestProtocolError)) {
      throw error;
    }
    return { status: "exception", exception: error.details ?? error.shortMessage };
  });
  const { outputs, reports } = collector;
  return { ...outcome, outputs, reports, cycles: (await emulator.cycle()) - startedAt };
}

function closingAnswer(result: Extract<RunResult, { data: Uint8Array }>) {
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
      `it ended the request before with reason ${reason}, not with an acceptance`,
    );
  }
}
