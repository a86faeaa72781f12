import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { narChunks } from "./narChunks.ts";

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What a processor's second cache holds, so that what was read is hashed before it leaves. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The NAR of a file, a folder or a symlink on this computer, as `nix-store --dump` writes it: names are bytes, and of the permissions
 * only the owner's right to execute counts. Memory does not grow with the size.
 *
 * @param path a symlink is not followed.
 * @throws {UnreadablePathError} when something of it does not exist or may not be read.
 * @throws {UnsupportedFileError} when it contains a socket, a pipe or a device.
 * @throws {PathChangedError} when it changes meanwhile.
 */
export function streamPathNar(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  return stream(path, () => Buffer.allocUnsafeSlow(CHUNK_BYTES), options);
}

/** `streamPathNar` in the same memory each time: a chunk is valid until the next one is asked for. */
export function streamTransientNar(path: string, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  return stream(path, () => buffer, options);
}

async function* stream(
  path: string,
  takeBuffer: () => Buffer,
  { signal }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  for (const chunk of narChunks(Buffer.from(resolve(path)), takeBuffer)) {
    yield chunk;
    await setImmediate(); // what waits for the event loop, such as Ctrl-C, comes between two chunks
    signal?.throwIfAborted();
  }
}
