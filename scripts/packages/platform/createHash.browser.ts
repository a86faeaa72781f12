import { md5, sha1 } from "@noble/hashes/legacy";
import { sha256, sha512 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";

const ALGORITHMS = { md5, sha1, sha256, sha512 };

/** The part of Node's `createHash` that the library uses. */
export function createHash(algorithm: keyof typeof ALGORITHMS) {
  const hash = ALGORITHMS[algorithm].create();
  return {
    update(data: Uint8Array | string) {
      hash.update(data);
      return this;
    },
    digest(encoding?: "hex") {
      const digest = hash.digest();
      return encoding === undefined ? digest : bytesToHex(digest);
    },
  };
}
