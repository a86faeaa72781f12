/** The hash algorithms of Nix 2.26 without experimental features. */
export const HASH_ALGORITHMS = ["md5", "sha1", "sha256", "sha512"] as const;

export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** Bytes of a digest of each algorithm. */
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
