import { derivationType } from "../../../nix/index.ts";
import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import { Rejection } from "../device/rejection.ts";
import { inputPathsOf } from "../inventory/directInputs.ts";
import type { Inventory } from "../inventory/inventory.ts";

/**
 * A derivation that an input built, and that can be built once more.
 *
 * @throws Rejection naming what is in the way.
 */
export function checkRebuildable(drvPath: string, inventory: Inventory): DerivationSummary {
  const derivation = inventory.derivationAt(drvPath)?.derivation;
  if (!derivation) {
    throw new Rejection(`rebuild: the derivation ${drvPath} is not in the store`);
  }
  const { outputs } = derivation;
  if (derivationType(derivation).kind === "fixed") {
    throw new Rejection(
      `rebuild: ${drvPath} has a fixed output, which follows from its hash, not from a build`,
    );
  }
  const missing = outputs.find(({ path }) => !inventory.has(path));
  if (missing) {
    throw new Rejection(`rebuild: ${missing.path} is not here: build ${drvPath} first`);
  }
  const foreign = outputs.find(({ path }) => !inventory.originOf(path));
  if (foreign) {
    throw new Rejection(
      `rebuild: ${foreign.path} came with the template: no input built it, so none is compared with it`,
    );
  }
  const lost = inputPathsOf(derivation, inventory).find((path) => !inventory.has(path));
  if (lost !== undefined) {
    throw new Rejection(`rebuild: the input ${lost} of ${drvPath} is not in the store any more`);
  }
  return derivation;
}
