import { quote } from "../bytes/quote.ts";
import { StorePathFormatError } from "../nixErrors.ts";
import { compareStorePaths, parseStorePath } from "../storePath/storePath.ts";
import { storePathForText } from "../storePath/storePathForText.ts";
import { checkStorePathName } from "../storePath/storePathName.ts";
import type { Derivation } from "./derivation.ts";
import { formatDerivation } from "./formatDerivation.ts";

const EXTENSION = ".drv";

/**
 * The name in a derivation's path: `hello-2.10` for `/nix/store/…-hello-2.10.drv`.
 *
 * @throws {StorePathFormatError} if it is not the path of a derivation.
 */
export function derivationName(drvPath: string): string {
  const { name } = parseStorePath(drvPath);
  if (!name.endsWith(EXTENSION)) {
    throw new StorePathFormatError(`${quote(drvPath)} is not a derivation`);
  }
  const derivation = name.slice(0, -EXTENSION.length);
  checkStorePathName(derivation);
  return derivation;
}

/** The path of the `.drv` file that holds the derivation. `name` is without `.drv`. */
export function storePathForDerivation(name: string, derivation: Derivation): string {
  return storePathForText({
    name: `${name}${EXTENSION}`,
    contents: formatDerivation(derivation),
    references: referencesOfDerivation(derivation),
  });
}

/** The store paths that a `.drv` file refers to: its input derivations and sources, sorted, without duplicates. */
export function referencesOfDerivation({ inputDrvs, inputSrcs }: Derivation): string[] {
  return [...new Set([...inputDrvs.map(({ path }) => path), ...inputSrcs])].sort(compareStorePaths);
}
