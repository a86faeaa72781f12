import type { FixedOutput } from "../../../nix/index.ts";

/**
 * Whether a fixed output's hash binds its content. Of md5 and sha1 anyone can make two contents with the same hash: one
 * would be shown to readers, the other built with.
 */
export function bindsContent({ algorithm }: FixedOutput): boolean {
  return algorithm === "sha256" || algorithm === "sha512";
}

export function describeWeakHash({ algorithm }: FixedOutput): string {
  return `is declared by its ${algorithm}, which does not bind the content: only sha256 and sha512 are taken`;
}
