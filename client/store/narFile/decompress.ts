import { pipeline, Readable, type Transform } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import * as zlib from "node:zlib";
import xz from "xz-decompress";
import { UnsupportedCompressionError } from "../storeErrors.ts";

/** How Nix's caches compress NARs, as a `.narinfo` names it. */
export type Compression = "none" | "gzip" | "br" | "zstd" | "xz";

type Bytes = AsyncIterable<Uint8Array>;

const DECOMPRESSORS: Readonly<Record<Compression, (file: Bytes) => Bytes>> = {
  none: (file) => file,
  gzip: (file) => through(file, zlib.createGunzip()),
  br: (file) => through(file, zlib.createBrotliDecompress()),
  zstd: (file) => through(file, createZstdDecompress()),
  xz: (file) => new xz.XzReadableStream(webStreamOf(file)) as unknown as ReadableStream<Uint8Array>,
};

/** Whether the word, of a `.narinfo`, is that of a compression that can be read. */
export function isKnownCompression(word: string): word is Compression {
  return Object.hasOwn(DECOMPRESSORS, word);
}

/**
 * What was compressed, as it comes. The errors of malformed bytes are those of the decompressors.
 *
 * @throws {UnsupportedCompressionError} for zstd under a Node that does not have it.
 */
export function decompress(file: Bytes, compression: Compression): Bytes {
  return DECOMPRESSORS[compression](file);
}

function through(file: Bytes, transform: Transform): Bytes {
  // an error of either one ends both, and is thrown to whoever reads
  return pipeline(Readable.from(file), transform, () => {});
}

function createZstdDecompress(): Transform {
  if (!("createZstdDecompress" in zlib)) {
    throw new UnsupportedCompressionError("this version of Node cannot decompress zstd", {
      details: process.version,
      remedy: "run it by Node 22.15 or later, or decompress the file by `zstd -d` before",
    });
  }
  return zlib.createZstdDecompress();
}

function webStreamOf(file: Bytes): globalThis.ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from(file)) as unknown as globalThis.ReadableStream<Uint8Array>;
}
