import type { HandlerConfig } from "../config.ts";
import { Rejection } from "../device/rejection.ts";
import {
  type AdvanceRequest,
  type InspectRequest,
  MalformedInputError,
  type RollupDevice,
} from "../device/rollupDevice.ts";
import type { State } from "../state.ts";
import { handleRequest } from "./handleRequest.ts";
import { reportRejection } from "./reportRejection.ts";

/** Handles one request after the other, forever. */
export async function runLoop(device: RollupDevice, state: State, config: HandlerConfig): Promise<never> {
  for (let accept = true; ; ) {
    const request = nextRequest(device, accept);
    accept = request !== undefined && (await handleRequest(request, device, state, config));
  }
}

function nextRequest(device: RollupDevice, accept: boolean): AdvanceRequest | InspectRequest | undefined {
  try {
    return device.finish(accept);
  } catch (error) {
    if (!(error instanceof MalformedInputError)) {
      throw error;
    }
    reportRejection(device, new Rejection(error.shortMessage));
    return undefined;
  }
}
