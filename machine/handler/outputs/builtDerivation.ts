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
  /** The outputs that were missing before, in the derivation's order. */
  readonly outputs: readonly Output[];
  /** Its sources and the outputs of other derivations that it uses, sorted by path. */
  readonly inputs: readonly DirectInput[];
  readonly log: string;
}
