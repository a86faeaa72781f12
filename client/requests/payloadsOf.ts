import { type Hex, zeroHash } from "viem";
import { encodeBuild, encodeUpload, splitUploads } from "../../protocol/index.ts";
import type { Bundle } from "./prepareBuild.ts";

/**
 * The payloads that bring a bundle and then request the build, in the order in which the machine should process them.
 *
 * @example
 * const drvPath = "/nix/store/lzgy4c2xg6zavzk2k7wwyrw3dcw2s4li-hello.drv";
 * const bundle = { paths: [drvPath], compressed: new Uint8Array(70_000) };
 * payloadsOf(drvPath, bundle).length; // 3
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
