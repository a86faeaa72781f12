import { createHash } from "node:crypto";
import { bytesToHex, encodeFunctionData, type Hex } from "viem";
import { requestsAbi } from "./abi.ts";
import { MalformedRequestError } from "./decode.ts";
import { MAX_CHUNK_BYTES, MAX_CHUNKS } from "./limits.ts";
import type { BuildRequest, RebuildRequest, Request, UploadRequest } from "./types.ts";

/** The payload of an `upload` request. */
export function encodeUpload(request: Omit<UploadRequest, "kind">): Hex {
  return encodeFunctionData({
    abi: requestsAbi,
    functionName: "upload",
    args: [request.sha256, request.index, request.count, bytesToHex(request.chunk)],
  });
}

/** The payload of a `build` request. */
export function encodeBuild(request: Omit<BuildRequest, "kind">): Hex {
  return encodeFunctionData({
    abi: requestsAbi,
    functionName: "build",
    args: [request.bundle, request.drvPath],
  });
}

/** The payload of a `rebuild` request. */
export function encodeRebuild({ drvPath }: Omit<RebuildRequest, "kind">): Hex {
  return encodeFunctionData({ abi: requestsAbi, functionName: "rebuild", args: [drvPath] });
}

/** The payload of any request. */
export function encodeRequest(request: Request): Hex {
  switch (request.kind) {
    case "upload":
      return encodeUpload(request);
    case "build":
      return encodeBuild(request);
    case "rebuild":
      return encodeRebuild(request);
    default:
      return request satisfies never;
  }
}

/** Cuts a blob into `upload` requests that each fit one input. @throws {MalformedRequestError} when it is too long. */
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
