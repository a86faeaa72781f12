import type { Hex } from "viem";

/** Bytes as 0x-prefixed hex, like viem's, whose loading would cost each process half a second. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

export function hexToBase64(hex: Hex): string {
  return Buffer.from(hex.slice(2), "hex").toString("base64");
}
