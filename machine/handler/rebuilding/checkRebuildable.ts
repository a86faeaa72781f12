import { derivationType } from "../../../nix/index.ts";
import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import { Rejection } from "../device/rejection.ts";
import { inputPathsOf } from "../inventory/directInputs.ts";
import type { Inventory } from "../inventory/inventory.ts";

/**
 * Returns a derivation that an earlier input built and that can be built again.
 *
 * @throws {Rejection} that names the reason when it cannot.
 */
export function checkRebuildable(drvPath: string, inventory: Inventory): DerivationSummary {
  const derivation = inventory.derivationAt(drvPath)?.derivation;
  if (!derivation) {
    throw new Rejection(`rebuild: the derivation ${drvPath} is not in the store: build it first`);
  }
  const { outputs } = derivation;
  if (derivationType(derivation).kind === "fixed") {
    throw new Rejection(`rebuild: ${drvPath} has a fixed output, which its hash determines, not a build`);
  }
  const missingOutput = outputs.find(({ path }) => !inventory.has(path));
  if (missingOutput) {
    throw new Rejection(
      `rebuild: the output ${missingOutput.path} is not in the store: build ${drvPath} first`,
    );
  }
  const foreignOutput = outputs.find(({ path }) => !inventory.originOf(path));
  if (foreignOutput) {
    throw new Rejection(
      `rebuild: the output ${foreignOutput.path} came with the template: only what an input built can be rebuilt`,
    );
  }
  const missingInput = inputPathsOf(derivation, inventory).find((path) => !inventory.has(path));
  if (missingInput !== undefined) {
    throw new Rejection(
      `rebuild: the input ${missingInput} of ${drvPath} is no longer in the store: upload or build it again`,
    );
  }
  return derivation;
}
