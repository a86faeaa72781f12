import { formatBase32 } from "../base32.ts";
import { sha256 } from "../bytes/sha256.ts";
import { checkDigest } from "../hash/hash.ts";
import { formatHex } from "../hash/hex.ts";
import { STORE_DIR } from "./storePath.ts";
import { checkStorePathName } from "./storePathName.ts";

const DIGEST_BYTES = 20;

/**
 * Nix's `makeStorePath`: base 32 of the folded sha256 of `type:sha256:inner:/nix/store:name`.
 *
 * @throws {NixFormatError} for an invalid name, or an inner digest that does not have 32 bytes.
 */
export function makeStorePath(type: string, innerSha256: Uint8Array, name: string): string {
  checkDigest("sha256", innerSha256);
  checkStorePathName(name);
  const fingerprint = sha256(`${type}:sha256:${formatHex(innerSha256)}:${STORE_DIR}:${name}`);
  return `${STORE_DIR}/${formatBase32(fold(fingerprint))}-${name}`;
}

function fold(hash: Uint8Array): Uint8Array {
  const folded = new Uint8Array(DIGEST_BYTES);
  for (const [index, byte] of hash.entries()) {
    const target = index % DIGEST_BYTES;
    folded[target] = (folded[target] as number) ^ byte;
  }
  return folded;
}
