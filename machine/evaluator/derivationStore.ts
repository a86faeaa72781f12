import type { Derivation } from "../../nix/index.ts";

/** A store that holds derivations and their sources. */
export interface DerivationStore {
  /** The derivations and sources that these derivations refer to, directly or not, including themselves. */
  closureOf(drvPaths: readonly string[]): Promise<string[]>;
  readDerivation(drvPath: string): Promise<Derivation>;
  /** The export stream of these paths, references first: the same bytes each time. */
  exportPaths(paths: readonly string[]): Promise<Uint8Array>;
}
