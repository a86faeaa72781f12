import type { Compression } from "./decompress.ts";

const NAR = Buffer.from("\x0d\0\0\0\0\0\0\0nix-archive-1");
const MAGICS: readonly (readonly [Compression, Buffer])[] = [
  ["none", NAR],
  ["xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
  ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ["gzip", Buffer.from([0x1f, 0x8b])],
];

/** Bytes that tell compressions apart. */
export const HEAD_BYTES = NAR.length;

/**
 * How a file with a NAR is compressed, by its first bytes; brotli, which has no mark of its own, by the file's name.
 *
 * @returns `undefined` when it is neither a NAR nor compressed in a known way.
 */
export function compressionOf(name: string, head: Uint8Array): Compression | undefined {
  const found = MAGICS.find(([, magic]) => magic.equals(head.subarray(0, magic.length)));
  return found?.[0] ?? (name.endsWith(".br") ? "br" : undefined);
}
