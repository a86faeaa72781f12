import { storePathForText } from "../store-path/for-text.ts";
import type { Derivation } from "./derivation.ts";
import { printDerivation } from "./print-derivation.ts";
import { referencesOfDerivation } from "./references-of-derivation.ts";

/** The path of the `.drv` file that holds the derivation. `name` is without `.drv`. */
export function storePathForDerivation(name: string, derivation: Derivation): string {
  return storePathForText({
    name: `${name}.drv`,
    contents: printDerivation(derivation),
    references: referencesOfDerivation(derivation),
  });
}
