import { createHash } from "node:crypto";
import type { Hex } from "viem";

/** One direct input of a derivation. */
export interface DirectInput {
  /** The input's store path. */
  path: string;
  /** sha256 of its NAR, 32 bytes in hex. */
  narHash: Hex;
}

/**
 * What an output says of its inputs: the sha256 over one line an input, `<path> sha256:<base16>\n`, sorted by path.
 */
export function inputsHash(inputs: readonly DirectInput[]): Hex {
  const lines = inputs.map(({ path, narHash }) => `${path} sha256:${narHash.slice(2)}\n`).sort();
  return `0x${createHash("sha256").update(lines.join("")).digest("hex")}`;
}
