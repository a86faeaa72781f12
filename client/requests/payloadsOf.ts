import { type Hex, zeroHash } from "viem";
import { encodeBuild, encodeUpload, splitUploads } from "../../protocol/index.ts";
import type { Bundle } from "./prepareBuild.ts";

/**
 * The payloads that bring a bundle and then request the build, in the order in which the machine should process them.
 *
 * @throws {MalformedRequestError} when the bundle is longer than one sender may upload.
 */
export function payloadsOf(drvPath: string, { paths, compressed }: Bundle): Hex[] {
  if (paths.length === 0) {
    return [encodeBuild({ bundle: zeroHash, drvPath })];
  }
  const { sha256, uploads } = splitUploads(compressed);
  return [...uploads.map(encodeUpload), encodeBuild({ bundle: sha256, drvPath })];
}
