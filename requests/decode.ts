import { decodeFunctionData, encodeFunctionData, type Hex, hexToBytes } from "viem";
import { requestsAbi } from "./abi.ts";
import { MAX_CHUNKS, MAX_PAYLOAD_BYTES } from "./limits.ts";
import type { BuildRequest, Request, UploadRequest } from "./types.ts";

/** The payload is no request, or not in its canonical encoding; the message says why, in one line. */
export class MalformedRequestError extends Error {
  override name = "MalformedRequestError";
}

const DRV_PATH_MAX_LENGTH = "/nix/store/".length + 32 + 1 + 211;

/**
 * Decodes an input's payload, strictly: the one canonical ABI encoding, every field within its bounds.
 *
 * @throws {MalformedRequestError}
 */
export function decodeRequest(payload: Hex): Request {
  const bytes = (payload.length - 2) / 2;
  if (bytes > MAX_PAYLOAD_BYTES)
    throw new MalformedRequestError(`payload of ${bytes} bytes is longer than ${MAX_PAYLOAD_BYTES}`);
  const call = decodeCall(payload);
  if (encodeFunctionData({ abi: requestsAbi, ...call } as never) !== payload.toLowerCase())
    throw new MalformedRequestError(`${call.functionName}: not the canonical ABI encoding`);
  return call.functionName === "upload" ? uploadOf(call.args) : buildOf(call.args);
}

function decodeCall(payload: Hex) {
  try {
    return decodeFunctionData({ abi: requestsAbi, data: payload });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new MalformedRequestError(`payload is neither upload nor build: ${reason}`);
  }
}

function uploadOf([sha256, index, count, chunk]: readonly [Hex, number, number, Hex]): UploadRequest {
  if (count < 1 || count > MAX_CHUNKS)
    throw new MalformedRequestError(`upload: count ${count} is not within 1 to ${MAX_CHUNKS}`);
  if (index >= count) throw new MalformedRequestError(`upload: index ${index} is not below count ${count}`);
  if (chunk === "0x") throw new MalformedRequestError("upload: the chunk is empty");
  return { kind: "upload", sha256, index, count, chunk: hexToBytes(chunk) };
}

function buildOf([bundle, drvPath]: readonly [Hex, string]): BuildRequest {
  if (drvPath.length > DRV_PATH_MAX_LENGTH)
    throw new MalformedRequestError(
      `build: drvPath of ${drvPath.length} characters is longer than ${DRV_PATH_MAX_LENGTH}`,
    );
  return { kind: "build", bundle, drvPath };
}
