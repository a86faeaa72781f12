import { decodeRequest, MalformedRequestError, type Request } from "../../../protocol/index.ts";
import { handleBuild } from "../building/handleBuild.ts";
import type { HandlerConfig } from "../config.ts";
import { Rejection } from "../device/rejection.ts";
import type { AdvanceRequest, RollupDevice } from "../device/rollupDevice.ts";
import { handleRebuild } from "../rebuilding/handleRebuild.ts";
import type { State } from "../state.ts";

/**
 * Handles an input.
 *
 * @throws {Rejection} when it is malformed or fails; the machine must then be reverted.
 */
export async function handleAdvance(
  input: AdvanceRequest,
  device: RollupDevice,
  state: State,
  config: HandlerConfig,
): Promise<void> {
  const request = decodePayload(input.payload);
  switch (request.kind) {
    case "upload":
      return state.blobs.add(request, input);
    case "build":
      return handleBuild(request, input, device, state, config);
    case "rebuild":
      return handleRebuild(request, input, device, state, config);
    default:
      return request satisfies never;
  }
}

function decodePayload(payload: Uint8Array): Request {
  try {
    return decodeRequest(payload);
  } catch (error) {
    if (error instanceof MalformedRequestError) {
      throw new Rejection(error.shortMessage);
    }
    throw error;
  }
}
