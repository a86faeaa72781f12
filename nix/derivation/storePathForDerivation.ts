import { storePathForText } from "../storePath/forText.ts";
import type { Derivation } from "./derivation.ts";
import { formatDerivation } from "./formatDerivation.ts";
import { referencesOfDerivation } from "./referencesOfDerivation.ts";

/** The path of the `.drv` file that holds the derivation. `name` is without `.drv`. */
export function storePathForDerivation(name: string, derivation: Derivation): string {
  return storePathForText({
    name: `${name}.drv`,
    contents: formatDerivation(derivation),
    references: referencesOfDerivation(derivation),
  });
}
