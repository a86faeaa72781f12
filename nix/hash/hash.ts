import { createHash } from "node:crypto";
import { HashFormatError } from "../nixErrors.ts";

/** The hash algorithms of Nix 2.26 without experimental features. */
export const HASH_ALGORITHMS = ["md5", "sha1", "sha256", "sha512"] as const;

export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** Bytes of each algorithm's digest. */
export const DIGEST_BYTES: Readonly<Record<HashAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
};

/** A digest and the algorithm that made it. */
export interface Hash {
  readonly algorithm: HashAlgorithm;
  readonly digest: Uint8Array;
}

export function isHashAlgorithm(text: string): text is HashAlgorithm {
  return (HASH_ALGORITHMS as readonly string[]).includes(text);
}

/** @throws {HashFormatError} if the digest does not have its algorithm's length. */
export function checkDigest(algorithm: HashAlgorithm, digest: Uint8Array): void {
  if (digest.length !== DIGEST_BYTES[algorithm]) {
    throw new HashFormatError(
      `a ${algorithm} digest has ${DIGEST_BYTES[algorithm]} bytes, but ${digest.length} were given`,
    );
  }
}

/** Hashes bytes with one of Nix's algorithms. */
export function hashBytes(algorithm: HashAlgorithm, data: Uint8Array): Hash {
  return { algorithm, digest: new Uint8Array(createHash(algorithm).update(data).digest()) };
}
