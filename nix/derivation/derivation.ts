/** One output as a `.drv` spells it; which combinations mean something, `derivationType` says. */
export interface DerivationOutput {
  readonly name: string;
  /** The store path, or empty where it is not known before the build. */
  readonly path: string;
  /** Empty, or `[r:]<algorithm>` of a content-addressed output. */
  readonly hashAlgo: string;
  /** Empty, or the fixed output's digest in base 16. */
  readonly hash: string;
}

/** Another derivation that this one needs, and which of its outputs. */
export interface InputDerivation {
  readonly path: string;
  /** Sorted, at least one. */
  readonly outputs: readonly string[];
}

/** A `.drv` file's content. Every list is sorted by its UTF-8 bytes and has no doubles, except `args`. */
export interface Derivation {
  readonly outputs: readonly DerivationOutput[];
  readonly inputDrvs: readonly InputDerivation[];
  readonly inputSrcs: readonly string[];
  readonly system: string;
  readonly builder: string;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
}
