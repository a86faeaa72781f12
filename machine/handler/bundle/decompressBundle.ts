import { brotliDecompressSync } from "node:zlib";
import { Rejection } from "../device/rejection.ts";
import { MAX_BUNDLE_BYTES } from "../limits.ts";

const OUTPUT_CHUNK_BYTES = 1024 * 1024;

/** The result of Node's `info` option; `bytesWritten` counts the bytes of the input that were used. */
interface Decompressed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Decompresses an uploaded blob.
 *
 * @throws {Rejection} when it is not exactly one complete brotli stream, or too long.
 */
export function decompressBundle(blob: Uint8Array, maxBytes = MAX_BUNDLE_BYTES): Uint8Array {
  const { buffer, engine } = decompress(blob, maxBytes);
  if (engine.bytesWritten !== blob.length) {
    throw new Rejection(
      `bundle: ${blob.length - engine.bytesWritten} trailing bytes after the brotli stream`,
    );
  }
  return buffer;
}

function decompress(blob: Uint8Array, maxBytes: number): Decompressed {
  const options = { maxOutputLength: maxBytes, chunkSize: OUTPUT_CHUNK_BYTES, info: true };
  try {
    return brotliDecompressSync(blob, options) as unknown as Decompressed;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      throw new Rejection(
        `bundle: longer than the limit of ${maxBytes} bytes when decompressed: split it into several`,
      );
    }
    throw new Rejection(`bundle: not a complete brotli stream (${code ?? (error as Error).message})`);
  }
}
