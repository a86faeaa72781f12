import { sha256 } from "../bytes/sha256.ts";
import { checkReferences } from "./checkReferences.ts";
import { makeStorePath } from "./makeStorePath.ts";

/** What the path of a text follows from. */
export interface TextPathInput {
  readonly name: string;
  readonly contents: Uint8Array | string;
  /** Store paths, sorted, without doubles. */
  readonly references: readonly string[];
}

/** The path of `builtins.toFile`'s files and of `.drv` files. */
export function storePathForText({ name, contents, references }: TextPathInput): string {
  return storePathForTextHash(name, sha256(contents), references);
}

/** `storePathForText` for contents that are hashed already. */
export function storePathForTextHash(
  name: string,
  contentsSha256: Uint8Array,
  references: readonly string[],
): string {
  checkReferences(references);
  return makeStorePath(["text", ...references].join(":"), contentsSha256, name);
}
