import { storePathForFixedOutput } from "../storePath/storePathForFixedOutput.ts";
import { storePathForOutput } from "../storePath/storePathForOutput.ts";
import type { Derivation } from "./derivation.ts";
import { derivationType } from "./derivationType.ts";
import { type DerivationHashLookup, hashMaskedDerivation } from "./hashDerivationModulo.ts";

/**
 * Recomputes a derivation's output paths, regardless of those that it claims.
 *
 * @param name the derivation's name, without `.drv`.
 * @returns output name → store path, in the derivation's order.
 * @throws {DerivationFormatError} as `derivationType` and `hashDerivationModulo` do.
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
