import { MAX_INPUT_CYCLES } from "../../../protocol/index.ts";
import type { Emulator, YieldResult } from "../emulator.ts";
import { MachineHaltedError, MachineNotWaitingError } from "../emulatorErrors.ts";
import { readExitCode } from "../htif.ts";
import { type Collection, createCollection } from "./collection.ts";

export interface ExchangeOptions {
  /** How many cycles the request may take; by default {@link MAX_INPUT_CYCLES}. */
  maxCycles?: bigint | undefined;
  onProgress?: ((cycle: bigint) => void) | undefined;
  /** Aborts the request between two slices; the machine is unusable afterwards. */
  signal?: AbortSignal | undefined;
}

/** How a machine responded. It accepts another request only after `accepted`: fork it first, drop it otherwise. */
export type ExchangeStatus = "accepted" | "rejected" | "exception" | "halted" | "out-of-cycles";

export interface Exchange {
  status: ExchangeStatus;
  outputs: Collection;
  reports: Collection;
  /** The data of an accepting machine: after an input, the root of the outputs tree. */
  accepted?: Uint8Array;
  /** Why it ended with an exception: the machine's message, or how it broke the protocol. */
  exception?: string;
  cycles: bigint;
}

const REQUEST = { advance: 0, inspect: 1 } as const;
const AUTOMATIC = { output: 2, report: 4 } as const;
const MANUAL = { accepted: 1, rejected: 2, exception: 4 } as const;

/**
 * Sends a waiting machine one request and runs it to its response. Only the state that the machine ends in decides on its
 * status, as everyone who runs it sees: however much it sends on the way, for whatever reason it yields automatically, it
 * goes on.
 */
export async function exchange(
  emulator: Emulator,
  request: keyof typeof REQUEST,
  data: Uint8Array,
  options: ExchangeOptions = {},
): Promise<Exchange> {
  const { maxCycles = MAX_INPUT_CYCLES, onProgress, signal } = options;
  await expectWaiting(emulator);
  const startedAt = await emulator.cycle();
  const [outputs, reports] = [createCollection("outputs"), createCollection("reports")];
  await emulator.sendCmioResponse(REQUEST[request], data);
  const untilResponse = async (): Promise<Pick<Exchange, "status" | "accepted" | "exception">> => {
    while (true) {
      const result = await emulator.run({ untilCycle: startedAt + maxCycles, onProgress, signal });
      switch (result.kind) {
        case "halted":
          return { status: "halted" };
        case "reached-target":
          return { status: "out-of-cycles" };
        case "yielded-manual":
          return closingResponse(result);
        case "yielded-automatic":
          if (result.reason === AUTOMATIC.output) {
            outputs.add(result.data);
          } else if (result.reason === AUTOMATIC.report) {
            reports.add(result.data);
          }
          break;
        default:
          return result satisfies never;
      }
    }
  };
  const outcome = await untilResponse();
  return { ...outcome, outputs, reports, cycles: (await emulator.cycle()) - startedAt };
}

function closingResponse({ reason, data }: YieldResult): Pick<Exchange, "status" | "accepted" | "exception"> {
  if (reason === MANUAL.rejected) {
    return { status: "rejected" };
  }
  if (data === undefined) {
    return { status: "exception", exception: "it announced more than its buffer holds" };
  }
  switch (reason) {
    case MANUAL.accepted:
      return { status: "accepted", accepted: data };
    case MANUAL.exception:
      return { status: "exception", exception: new TextDecoder().decode(data) };
    default:
      return { status: "exception", exception: `it yielded manually for the unknown reason ${reason}` };
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
