import type { FixedOutput } from "../../../nix/index.ts";

/**
 * Whether a fixed output is declared by a hash for which anyone can make two contents (md5, sha1): readers could be shown
 * one, and the build could use the other.
 */
export function hasWeakHash({ algorithm }: FixedOutput): boolean {
  return algorithm !== "sha256" && algorithm !== "sha512";
}

/** To follow the name of the output. */
export function describeWeakHash({ algorithm }: FixedOutput): string {
  return `is declared by a ${algorithm} hash, which is not collision resistant: use sha256 or sha512`;
}
