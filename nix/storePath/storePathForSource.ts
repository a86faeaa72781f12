import { checkReferences } from "./checkReferences.ts";
import { makeStorePath } from "./makeStorePath.ts";

/** What the path of a source, or of a recursive sha256 fixed output, follows from. */
export interface SourcePathInput {
  readonly name: string;
  readonly narSha256: Uint8Array;
  /** Store paths, sorted, without duplicates and without the path itself. */
  readonly references: readonly string[];
}

/** The path of sources (`src = ./.`) and of recursive sha256 fixed outputs. */
export function storePathForSource({ name, narSha256, references }: SourcePathInput): string {
  checkReferences(references);
  return makeStorePath(["source", ...references].join(":"), narSha256, name);
}
