import { formatHash } from "./formatHash.ts";

/** A sha256 digest of 32 bytes as `sha256-<base 64>`. */
export function formatSha256Sri(digest: Uint8Array): string {
  return formatHash({ algorithm: "sha256", digest }, "sri");
}
