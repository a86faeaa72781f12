import type { Hex } from "viem";

/** Bytes as viem prints them, without the half second that loading viem costs a process. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
