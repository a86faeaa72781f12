import type { DirectInput } from "../../../protocol/index.ts";
import type { PathInfo } from "../daemon/index.ts";
import type { Inventory } from "../inventory.ts";
import type { Recipe } from "../knownDerivation.ts";

/** An output that this input built. */
export interface Output extends PathInfo {
  readonly name: string;
  readonly path: string;
}

/** A derivation that this input built. */
export interface BuiltDerivation {
  readonly drvPath: string;
  readonly derivation: Recipe;
  /** Those that were not there before, in the derivation's order. */
  readonly outputs: readonly Output[];
  /** Sources and outputs of other derivations that it was built from, sorted by path. */
  readonly inputs: readonly DirectInput[];
  readonly log: string;
}

/** What a derivation is built from directly, sorted. */
export function inputPathsOf({ inputDrvs, inputSrcs }: Recipe, inventory: Inventory): string[] {
  const paths = new Set(inputSrcs);
  for (const { path, outputs } of inputDrvs) {
    const used = new Set(outputs);
    for (const output of inventory.derivationAt(path)?.derivation.outputs ?? []) {
      if (used.has(output.name)) {
        paths.add(output.path);
      }
    }
  }
  return [...paths].sort();
}

/** What a derivation is built from directly, with hashes; all of it is in the store. */
export function directInputsOf(derivation: Recipe, inventory: Inventory): DirectInput[] {
  return inputPathsOf(derivation, inventory).map((path) => {
    const info = inventory.infoOf(path);
    if (!info) {
      throw new Error(`the input ${path} is not in the store`);
    }
    return { path, narHash: `0x${info.narHash}` };
  });
}
