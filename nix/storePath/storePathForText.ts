import { sha256 } from "../bytes/sha256.ts";
import { checkReferences } from "./checkReferences.ts";
import { makeStorePath } from "./makeStorePath.ts";

/** What the path of a text follows from. */
export interface TextPathInput {
  readonly name: string;
  readonly contents: Uint8Array | string;
  /** Store paths, sorted, without duplicates. */
  readonly references: readonly string[];
}

/** The path of a file made by `builtins.toFile`, and of a `.drv` file. */
export function storePathForText({ name, contents, references }: TextPathInput): string {
  return storePathForTextHash(name, sha256(contents), references);
}

/** `storePathForText` of contents whose hash is known. */
export function storePathForTextHash(
  name: string,
  contentsSha256: Uint8Array,
  references: readonly string[],
): string {
  checkReferences(references);
  return makeStorePath(["text", ...references].join(":"), contentsSha256, name);
}
