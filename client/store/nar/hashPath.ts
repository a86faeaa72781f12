import { createHash } from "node:crypto";
import type { NarHash } from "../../../nix/index.ts";
import { type ReadOptions, streamTransientNar } from "./streamPathNar.ts";

/**
 * The NAR hash and size of a file, a folder or a symlink on this computer, as `nix hash path` finds it. Memory does not grow with the
 * size.
 *
 * @param path a symlink is not followed.
 * @throws {UnreadablePathError} when something of it does not exist or may not be read.
 * @throws {UnsupportedFileError} when it contains a socket, a pipe or a device.
 * @throws {PathChangedError} when it changes meanwhile.
 *
 * @example
 * const { sha256, size } = await hashPath("/nix/store/…-hello-2.12.1", { signal: AbortSignal.timeout(60_000) });
 * formatSha256Sri(sha256); // "sha256-…="
 */
export async function hashPath(path: string, options: ReadOptions = {}): Promise<NarHash> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of streamTransientNar(path, options)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: new Uint8Array(hash.digest()), size };
}
