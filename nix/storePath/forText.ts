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
  checkReferences(references);
  return makeStorePath(["text", ...references].join(":"), sha256(contents), name);
}
