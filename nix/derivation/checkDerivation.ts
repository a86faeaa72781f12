import { quote } from "../bytes/quote.ts";
import { DerivationMismatchError } from "../nixErrors.ts";
import type { Derivation } from "./derivation.ts";
import { derivationName, storePathForDerivation } from "./derivationPath.ts";
import type { DerivationHashLookup } from "./hashDerivationModulo.ts";
import { outputPathsOf } from "./outputPathsOf.ts";

/**
 * Checks that everything a `.drv` claims follows from its content: its own path (and with it name and references), its
 * output paths, and the variables that pass those paths to the builder. Nix checks the same before it registers one.
 * Besides, no output's name may end in `.drv`.
 *
 * @throws {DerivationMismatchError} naming what does not follow.
 */
export function checkDerivation(drvPath: string, derivation: Derivation, lookup: DerivationHashLookup): void {
  const name = derivationName(drvPath);
  if (name.endsWith(".drv")) {
    throw new DerivationMismatchError(`the outputs of ${quote(drvPath)} would look like derivations`);
  }
  const computed = storePathForDerivation(name, derivation);
  if (computed !== drvPath) {
    throw new DerivationMismatchError(`the content of ${quote(drvPath)} belongs to ${computed}`);
  }
  const env = new Map(derivation.env);
  const outputPaths = outputPathsOf(name, derivation, lookup);
  for (const output of derivation.outputs) {
    const path = outputPaths.get(output.name);
    if (output.path !== path) {
      throw new DerivationMismatchError(
        `output ${quote(output.name)} of ${quote(drvPath)} is ${path}, not ${output.path}`,
      );
    }
    if (env.get(output.name) !== path) {
      throw new DerivationMismatchError(
        `the variable ${quote(output.name)} of ${quote(drvPath)} is not the output's path ${path}`,
      );
    }
  }
}
