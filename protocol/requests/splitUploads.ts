import { createHash } from "node:crypto";
import type { Hex } from "viem";
import { MalformedRequestError } from "../protocolErrors.ts";
import type { UploadRequest } from "./request.ts";
import { MAX_CHUNK_BYTES, MAX_CHUNKS } from "./requestLimits.ts";

/**
 * Cuts a blob into `upload` requests that each fit one input.
 *
 * @throws {MalformedRequestError} when it is longer than one sender may upload.
 */
export function splitUploads(blob: Uint8Array): { sha256: Hex; uploads: UploadRequest[] } {
  const count = Math.max(1, Math.ceil(blob.length / MAX_CHUNK_BYTES));
  if (count > MAX_CHUNKS) {
    throw new MalformedRequestError(
      `upload: a blob of ${blob.length} bytes is longer than ${MAX_CHUNKS * MAX_CHUNK_BYTES}`,
    );
  }
  const sha256: Hex = `0x${createHash("sha256").update(blob).digest("hex")}`;
  const uploads = Array.from({ length: count }, (_, index): UploadRequest => {
    const chunk = blob.subarray(index * MAX_CHUNK_BYTES, (index + 1) * MAX_CHUNK_BYTES);
    return { kind: "upload", sha256, index, count, chunk };
  });
  return { sha256, uploads };
}
