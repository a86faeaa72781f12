import type { DirectInput } from "../../../protocol/index.ts";
import { type DerivationSummary, usedOutputs } from "../derivations/checkedDerivation.ts";
import type { Inventory } from "./inventory.ts";

/** The paths that a derivation directly depends on, sorted: its sources and the outputs it uses of other derivations. */
export function inputPathsOf({ inputDrvs, inputSrcs }: DerivationSummary, inventory: Inventory): string[] {
  const paths = new Set(inputSrcs);
  for (const input of inputDrvs) {
    const usedNames = usedOutputs(input);
    for (const output of inventory.derivationAt(input.path)?.derivation.outputs ?? []) {
      if (usedNames.has(output.name)) {
        paths.add(output.path);
      }
    }
  }
  return [...paths].sort();
}

/** As {@link inputPathsOf}, with hashes. All of them must be in the store. */
export function directInputsOf(derivation: DerivationSummary, inventory: Inventory): DirectInput[] {
  return inputPathsOf(derivation, inventory).map((path) => {
    const info = inventory.infoOf(path);
    if (!info) {
      throw new Error(`the input ${path} is not in the store`);
    }
    return { path, narHash: `0x${info.narHash}` };
  });
}
