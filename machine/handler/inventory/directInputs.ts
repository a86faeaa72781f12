import type { DirectInput } from "../../../protocol/index.ts";
import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import type { Inventory } from "./inventory.ts";

/** What a derivation is built from directly, sorted. */
export function inputPathsOf({ inputDrvs, inputSrcs }: DerivationSummary, inventory: Inventory): string[] {
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
export function directInputsOf(derivation: DerivationSummary, inventory: Inventory): DirectInput[] {
  return inputPathsOf(derivation, inventory).map((path) => {
    const info = inventory.infoOf(path);
    if (!info) {
      throw new Error(`the input ${path} is not in the store`);
    }
    return { path, narHash: `0x${info.narHash}` };
  });
}
