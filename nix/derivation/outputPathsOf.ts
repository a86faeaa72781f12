import { storePathForFixedOutput } from "../storePath/forFixedOutput.ts";
import { storePathForOutput } from "../storePath/forOutput.ts";
import type { Derivation } from "./derivation.ts";
import { derivationType } from "./derivationType.ts";
import { type DerivationHashLookup, hashMaskedDerivation } from "./hashDerivationModulo.ts";

/**
 * Recomputes a derivation's output paths; those that it claims are not looked at.
 *
 * @param name the derivation's name, without `.drv`.
 * @returns output name → store path, in the derivation's order.
 */
export function outputPathsOf(
  name: string,
  derivation: Derivation,
  lookup: DerivationHashLookup,
): ReadonlyMap<string, string> {
  const type = derivationType(derivation);
  if (type.kind === "fixed") {
    return new Map([["out", storePathForFixedOutput({ name, ...type.output })]]);
  }
  const derivationSha256 = hashMaskedDerivation(derivation, lookup);
  return new Map(
    derivation.outputs.map((output) => [
      output.name,
      storePathForOutput({ derivationName: name, outputName: output.name, derivationSha256 }),
    ]),
  );
}
