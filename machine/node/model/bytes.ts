import type { Hex } from "viem";

/** Encodes bytes as lower-case hex; faster than viem's on long inputs. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/**
 * Decodes a hex string.
 *
 * @throws {TypeError} when it is not hex.
 */
export function bytesOf(hex: Hex): Uint8Array {
  const bytes = Buffer.from(hex.slice(2), "hex");
  if (bytes.length * 2 !== hex.length - 2) {
    throw new TypeError(`not hex: ${hex.slice(0, 80)}`);
  }
  return bytes;
}
