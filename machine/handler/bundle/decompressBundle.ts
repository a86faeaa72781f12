import { brotliDecompressSync } from "node:zlib";
import { MAX_BUNDLE_BYTES } from "../limits.ts";
import { Rejection } from "../rejection.ts";

const CHUNK_BYTES = 1024 * 1024;

/** Decompresses an uploaded blob. @throws Rejection when it is not brotli, truncated or too long. */
export function decompressBundle(blob: Uint8Array, maxBytes = MAX_BUNDLE_BYTES): Uint8Array {
  try {
    return brotliDecompressSync(blob, { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw new Rejection(`bundle: longer than ${maxBytes} bytes when it is decompressed`);
    throw new Rejection(`bundle: not a whole brotli stream (${code ?? (error as Error).message})`);
  }
}
