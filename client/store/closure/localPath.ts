import type { NarHash } from "../../../nix/index.ts";

/** A store path on this computer. */
export interface LocalPath {
  readonly path: string;
  /** Where it is. */
  readonly place: string;
  /** Sorted; the path itself is among them if it refers to itself. */
  readonly references: readonly string[];
  /** Where Nix was not there to name the references: the hash of the NAR that was read to find them. */
  readonly nar: NarHash | undefined;
}

/** The paths of a closure, more than those of any system. */
export const MAX_CLOSURE_PATHS = 200_000;
