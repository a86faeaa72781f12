import { checkReferences } from "./check-references.ts";
import { makeStorePath } from "./make-store-path.ts";

/** What the path of a source, or of a recursive sha256 fixed output, follows from. */
export interface SourcePathInput {
  readonly name: string;
  /** sha256 of the NAR; with `self`, the hash modulo the path's own digest. */
  readonly narSha256: Uint8Array;
  /** Store paths without the path itself, sorted, without doubles. */
  readonly references: readonly string[];
  /** Whether the content refers to its own path. */
  readonly self?: boolean;
}

/** The path of sources (`src = ./.`) and of recursive sha256 fixed outputs. */
export function storePathForSource({ name, narSha256, references, self = false }: SourcePathInput): string {
  checkReferences(references);
  const type = ["source", ...references, ...(self ? ["self"] : [])].join(":");
  return makeStorePath(type, narSha256, name);
}
