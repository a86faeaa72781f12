import { HashFormatError } from "../nixErrors.ts";
import { DIGEST_BYTES, type HashAlgorithm } from "./algorithm.ts";

/** @throws HashFormatError when the digest does not have its algorithm's length. */
export function checkDigest(algorithm: HashAlgorithm, digest: Uint8Array): void {
  if (digest.length !== DIGEST_BYTES[algorithm]) {
    throw new HashFormatError(
      `${algorithm} has ${DIGEST_BYTES[algorithm]} bytes, but ${digest.length} were given`,
    );
  }
}
