import { compareStorePaths } from "../storePath/compareStorePaths.ts";
import type { Derivation } from "./derivation.ts";

/** The store paths that a `.drv` file refers to: its input derivations and sources, sorted, without doubles. */
export function referencesOfDerivation({ inputDrvs, inputSrcs }: Derivation): string[] {
  return [...new Set([...inputDrvs.map(({ path }) => path), ...inputSrcs])].sort(compareStorePaths);
}
