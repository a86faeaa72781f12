import type { HandlerConfig } from "../config.ts";
import { limitEmissions } from "../device/limitEmissions.ts";
import { Rejection } from "../device/rejection.ts";
import type { AdvanceRequest, InspectRequest, RollupDevice } from "../device/rollupDevice.ts";
import { handleInspect } from "../inspect/handleInspect.ts";
import { MAX_REQUEST_SECONDS } from "../limits.ts";
import type { State } from "../state.ts";
import { handleAdvance } from "./handleAdvance.ts";
import { reportRejection } from "./reportRejection.ts";

/**
 * Handles one request. When it fails, a report of one line tells why.
 *
 * @returns whether to accept it.
 */
export async function handleRequest(
  request: AdvanceRequest | InspectRequest,
  device: RollupDevice,
  state: State,
  config: HandlerConfig,
): Promise<boolean> {
  try {
    const limited = limitEmissions(device);
    await withTimeout(
      request.type === "advance"
        ? handleAdvance(request, limited, state, config)
        : handleInspect(request, limited, state),
    );
    return true;
  } catch (error) {
    reportRejection(device, error);
    return false;
  }
}

async function withTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const expire = () => reject(new Rejection(`the request took more than ${MAX_REQUEST_SECONDS} seconds`));
    timer = setTimeout(expire, MAX_REQUEST_SECONDS * 1000);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
