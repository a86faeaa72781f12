import { type Hex, hexToBytes } from "viem";
import { formatSha256Sri } from "../../nix/index.ts";

/** A NAR hash as Nix prints it: `sha256-<base64>` (Subresource Integrity). */
export function formatNarHash(narHash: Hex): string {
  return formatSha256Sri(hexToBytes(narHash));
}
