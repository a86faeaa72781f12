import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { createBrotliDecompress, createGunzip, createZstdDecompress } from "node:zlib";
import xz from "xz-decompress";

type Decompressor = (file: ReadableStream<Uint8Array>) => AsyncIterable<Uint8Array>;

const DECOMPRESSORS = new Map<string, Decompressor>([
  ["none", (file) => file],
  ["gzip", (file) => Readable.fromWeb(file).pipe(createGunzip())],
  ["br", (file) => Readable.fromWeb(file).pipe(createBrotliDecompress())],
  ["zstd", (file) => Readable.fromWeb(file).pipe(createZstdDecompress())],
  ["xz", (file) => new xz.XzReadableStream(file) as unknown as ReadableStream<Uint8Array>],
]);

/** Whether files of this compression, as a `.narinfo` names it, can be read. */
export function isKnownCompression(compression: string): boolean {
  return DECOMPRESSORS.has(compression);
}

export function decompress(file: ReadableStream<Uint8Array>, compression: string): AsyncIterable<Uint8Array> {
  return DECOMPRESSORS.get(compression)!(file);
}
