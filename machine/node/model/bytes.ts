import type { Hex } from "viem";

/** Bytes as lower-case hex; fast on long ones. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/** The bytes that a hex string stands for. */
export function bytesOf(hex: Hex): Uint8Array {
  const bytes = Buffer.from(hex.slice(2), "hex");
  if (bytes.length * 2 !== hex.length - 2) {
    throw new TypeError(`not hex: ${hex.slice(0, 80)}`);
  }
  return bytes;
}
