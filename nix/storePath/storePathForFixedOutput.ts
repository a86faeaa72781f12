import { sha256 } from "../bytes/sha256.ts";
import { formatHash } from "../hash/formatHash.ts";
import type { Hash } from "../hash/hash.ts";
import { makeStorePath } from "./makeStorePath.ts";
import { storePathForSource } from "./storePathForSource.ts";

/** `flat`: the hash of one file's contents; `recursive`: the hash of the NAR. */
export type FixedOutputMode = "flat" | "recursive";

/** What a fixed-output derivation declares about its output. */
export interface FixedOutput extends Hash {
  readonly mode: FixedOutputMode;
}

/** The path of a fixed output without references. */
export function storePathForFixedOutput({
  name,
  mode,
  algorithm,
  digest,
}: FixedOutput & { readonly name: string }): string {
  if (mode === "recursive" && algorithm === "sha256") {
    return storePathForSource({ name, narSha256: digest, references: [] });
  }
  const prefix = mode === "recursive" ? "r:" : "";
  const inner = sha256(`fixed:out:${prefix}${formatHash({ algorithm, digest }, "base16")}:`);
  return makeStorePath("output:out", inner, name);
}
