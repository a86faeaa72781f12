import type { DirectInput } from "../../../protocol/index.ts";
import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import type { PathInfo } from "../nixDaemon/index.ts";

/** An output that this input built. */
export interface Output extends PathInfo {
  readonly name: string;
  readonly path: string;
}

/** A derivation that this input built. */
export interface BuiltDerivation {
  readonly drvPath: string;
  readonly derivation: DerivationSummary;
  /** Those that were not there before, in the derivation's order. */
  readonly outputs: readonly Output[];
  /** Sources and outputs of other derivations that it was built from, sorted by path. */
  readonly inputs: readonly DirectInput[];
  readonly log: string;
}
