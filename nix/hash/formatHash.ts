import { formatBase32 } from "../base32.ts";
import { hex } from "../bytes/hex.ts";
import type { Hash } from "./algorithm.ts";
import { checkDigest } from "./checkDigest.ts";

/** `base16` → `sha256:<hex>`, `base32` → `sha256:<Nix's base 32>`, `sri` → `sha256-<base 64>`. */
export type HashEncoding = "base16" | "base32" | "sri";

/** Writes a hash with its algorithm in front, as `nix-hash` and `nix hash` do. */
export function formatHash({ algorithm, digest }: Hash, encoding: HashEncoding): string {
  checkDigest(algorithm, digest);
  if (encoding === "base16") {
    return `${algorithm}:${hex(digest)}`;
  }
  if (encoding === "base32") {
    return `${algorithm}:${formatBase32(digest)}`;
  }
  return `${algorithm}-${btoa(String.fromCharCode(...digest))}`;
}
