import { createHash } from "node:crypto";
import type { Hash, HashAlgorithm } from "./algorithm.ts";

/** Hashes bytes with one of Nix's algorithms. */
export function hashBytes(algorithm: HashAlgorithm, data: Uint8Array): Hash {
  return { algorithm, digest: new Uint8Array(createHash(algorithm).update(data).digest()) };
}
