/** One output as a `.drv` spells it; `derivationType` tells which combinations are valid. */
export interface DerivationOutput {
  readonly name: string;
  /** The store path, or empty if it is not known before the build. */
  readonly path: string;
  /** Empty, or `[r:]<algorithm>` of a content-addressed output. */
  readonly hashAlgo: string;
  /** Empty, or the fixed output's digest in base 16. */
  readonly hash: string;
}

/** A derivation that this one depends on, and the outputs it uses. */
export interface InputDerivation {
  readonly path: string;
  /** Sorted, at least one. */
  readonly outputs: readonly string[];
}

/** A `.drv` file's content. Every list but `args` is sorted by its UTF-8 bytes and has no duplicates. */
export interface Derivation {
  readonly outputs: readonly DerivationOutput[];
  readonly inputDrvs: readonly InputDerivation[];
  readonly inputSrcs: readonly string[];
  readonly system: string;
  readonly builder: string;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
}
