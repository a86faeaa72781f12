import { formatBase32 } from "../base32.ts";
import { checkDigest, type Hash } from "./hash.ts";
import { formatHex } from "./hex.ts";

/** `base16` → `sha256:<hex>`, `base32` → `sha256:<Nix's base 32>`, `sri` → `sha256-<base 64>`. */
export type HashEncoding = "base16" | "base32" | "sri";

/**
 * Writes a hash with its algorithm in front, as `nix-hash` and `nix hash` do.
 *
 * @throws {HashFormatError} if the digest does not have its algorithm's length.
 */
export function formatHash({ algorithm, digest }: Hash, encoding: HashEncoding): string {
  checkDigest(algorithm, digest);
  switch (encoding) {
    case "base16":
      return `${algorithm}:${formatHex(digest)}`;
    case "base32":
      return `${algorithm}:${formatBase32(digest)}`;
    case "sri":
      return `${algorithm}-${btoa(String.fromCharCode(...digest))}`;
    default:
      return encoding satisfies never;
  }
}

/**
 * A sha256 digest as `sha256-<base 64>`.
 *
 * @throws {HashFormatError} if it does not have 32 bytes.
 */
export function formatSha256Sri(digest: Uint8Array): string {
  return formatHash({ algorithm: "sha256", digest }, "sri");
}
