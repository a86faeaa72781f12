import { bytesToHex, encodeFunctionData, type Hex } from "viem";
import type { BuildRequest, RebuildRequest, Request, UploadRequest } from "./request.ts";
import { requestsAbi } from "./requestsAbi.ts";

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

/** The payload of an `upload` request. */
export function encodeUpload({ sha256, index, count, chunk }: Omit<UploadRequest, "kind">): Hex {
  const args = [sha256, index, count, bytesToHex(chunk)] as const;
  return encodeFunctionData({ abi: requestsAbi, functionName: "upload", args });
}

/** The payload of a `build` request. */
export function encodeBuild({ bundle, drvPath }: Omit<BuildRequest, "kind">): Hex {
  return encodeFunctionData({ abi: requestsAbi, functionName: "build", args: [bundle, drvPath] });
}

/** The payload of a `rebuild` request. */
export function encodeRebuild({ drvPath }: Omit<RebuildRequest, "kind">): Hex {
  return encodeFunctionData({ abi: requestsAbi, functionName: "rebuild", args: [drvPath] });
}
