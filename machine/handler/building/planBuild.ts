import { derivationType } from "../../../nix/index.ts";
import {
  type CheckedDerivation,
  type DerivationSummary,
  usedOutputs,
} from "../derivations/checkedDerivation.ts";
import { describeWeakHash, hasWeakHash } from "../derivations/weakHash.ts";
import { Rejection } from "../device/rejection.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { MAX_BUILDS } from "../limits.ts";

/** A derivation that has to be built. */
export interface PlannedBuild {
  readonly drvPath: string;
  readonly derivation: DerivationSummary;
}

/**
 * Lists the derivations that have to be built, inputs first: the requested one, and each of its direct and indirect inputs
 * of which a used output is not in the store. The list is empty when all outputs of the requested one are.
 *
 * @param system of this machine, such as `riscv64-linux`.
 * @throws {Rejection} that names the derivation that cannot be built here, and the reason.
 */
export function planBuild(drvPath: string, inventory: Inventory, system: string): PlannedBuild[] {
  const plan: PlannedBuild[] = [];
  const planned = new Set<string>();
  const stack: { path: string; inputsDone: boolean }[] = [{ path: drvPath, inputsDone: false }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    const { path, inputsDone } = step;
    const checked = derivationAt(path, inventory);
    const { derivation } = checked;
    if (inputsDone) {
      plan.push({ drvPath: path, derivation });
      continue;
    }
    if (planned.has(path)) {
      continue;
    }
    if (path === drvPath && derivation.outputs.every((output) => inventory.has(output.path))) {
      continue;
    }
    planned.add(path);
    if (planned.size > MAX_BUILDS) {
      throw new Rejection(
        `build: more than ${MAX_BUILDS} derivations would have to be built: ask for some of the inputs of ${drvPath} first`,
      );
    }
    checkBuildable(path, checked, system);
    stack.push({ path, inputsDone: true });
    for (const input of missingInputs(derivation, inventory)) {
      stack.push({ path: input, inputsDone: false });
    }
  }
  return plan;
}

function derivationAt(drvPath: string, inventory: Inventory): CheckedDerivation {
  const checked = inventory.derivationAt(drvPath);
  if (!checked) {
    throw new Rejection(
      `build: the derivation ${drvPath} is neither in the bundle nor in the store: add it to the bundle`,
    );
  }
  return checked;
}

function checkBuildable(
  drvPath: string,
  { derivation, unsupportedFeature }: CheckedDerivation,
  system: string,
): void {
  const [output] = derivation.outputs;
  const type = derivationType(derivation);
  if (type.kind === "fixed" && output) {
    throw new Rejection(
      hasWeakHash(type.output)
        ? `build: the fixed output ${output.path} of ${drvPath} ${describeWeakHash(type.output)}`
        : `build: the fixed output ${output.path} of ${drvPath} is missing, and the machine fetches nothing: add it to the bundle`,
    );
  }
  if (derivation.system !== system) {
    throw new Rejection(
      `build: ${drvPath} is for the system ${derivation.system}, but this machine builds for ${system}`,
    );
  }
  if (unsupportedFeature !== undefined) {
    throw new Rejection(`build: ${drvPath} ${unsupportedFeature}`);
  }
}

function missingInputs({ inputDrvs }: DerivationSummary, inventory: Inventory): string[] {
  const missing = inputDrvs.filter((input) => {
    const usedNames = usedOutputs(input);
    const { derivation } = derivationAt(input.path, inventory);
    return derivation.outputs.some((output) => usedNames.has(output.name) && !inventory.has(output.path));
  });
  return missing.map(({ path }) => path).reverse();
}
