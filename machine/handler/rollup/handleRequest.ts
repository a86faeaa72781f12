import { encodeReport } from "../../../protocol/index.ts";
import type { HandlerConfig } from "../config.ts";
import { Rejection } from "../device/rejection.ts";
import {
  type AdvanceRequest,
  type InspectRequest,
  MalformedInputError,
  type RollupDevice,
} from "../device/rollupDevice.ts";
import { handleInspect } from "../inspect/handleInspect.ts";
import { MAX_REQUEST_SECONDS } from "../limits.ts";
import { NixRefusedError } from "../nixDaemon/index.ts";
import type { State } from "../state.ts";
import { handleAdvance } from "./handleAdvance.ts";

const MAX_REASON_LENGTH = 2_000;

/** Takes one request after the other, for ever. A rejected one leaves one line that says why, and nothing else. */
export async function runLoop(device: RollupDevice, state: State, config: HandlerConfig): Promise<never> {
  for (let accept = true; ; ) {
    const request = nextRequest(device, accept);
    accept = request !== undefined && (await handleRequest(request, device, state, config));
  }
}

/** Handles one request; whether it is to be accepted. */
export async function handleRequest(
  request: AdvanceRequest | InspectRequest,
  device: RollupDevice,
  state: State,
  config: HandlerConfig,
): Promise<boolean> {
  try {
    await withinTime(
      request.type === "advance"
        ? handleAdvance(request, device, state, config)
        : handleInspect(request, device, state),
    );
    return true;
  } catch (error) {
    sayWhy(device, error);
    return false;
  }
}

function nextRequest(device: RollupDevice, accept: boolean): AdvanceRequest | InspectRequest | undefined {
  try {
    return device.finish(accept);
  } catch (error) {
    if (!(error instanceof MalformedInputError)) {
      throw error;
    }
    sayWhy(device, new Rejection(error.message));
    return undefined;
  }
}

function sayWhy(device: RollupDevice, error: unknown): void {
  const { message } = rejectionFor(error);
  device.emitReport(encodeReport({ kind: "error", message: shortened(message) }));
}

/** What is wrong stands at the beginning or at the end; between them there may be a path of any length. */
function shortened(message: string): string {
  if (message.length <= MAX_REASON_LENGTH) {
    return message;
  }
  const half = MAX_REASON_LENGTH / 2;
  return `${message.slice(0, half)} … ${message.slice(-half)}`.toWellFormed();
}

function rejectionFor(error: unknown): Rejection {
  if (error instanceof Rejection) {
    return error;
  }
  if (error instanceof NixRefusedError) {
    return new Rejection(`nix: ${error.message}`);
  }
  return new Rejection(`the handler failed: ${error}`);
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    const tooLong = () => reject(new Rejection(`the request took more than ${MAX_REQUEST_SECONDS} seconds`));
    timer = setTimeout(tooLong, MAX_REQUEST_SECONDS * 1000);
  });
  try {
    await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
