import { derivationType } from "../../../nix/index.ts";
import type { CheckedDerivation, DerivationSummary } from "../derivations/checkedDerivation.ts";
import { bindsContent, describeWeakHash } from "../derivations/weakHash.ts";
import { Rejection } from "../device/rejection.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { MAX_BUILDS } from "../limits.ts";

/** A derivation that has to be built. */
export interface PlannedBuild {
  readonly drvPath: string;
  readonly derivation: DerivationSummary;
}

/**
 * Finds out what has to be built for a derivation: itself and every derivation below it of which an output that is
 * used is not in the store, inputs first. Empty when all its outputs are there.
 *
 * @param system what this machine is, such as `riscv64-linux`.
 * @throws Rejection naming the derivation that cannot be built here, and what is missing.
 */
export function planBuild(drvPath: string, inventory: Inventory, system: string): PlannedBuild[] {
  const plan: PlannedBuild[] = [];
  const planned = new Set<string>();
  const stack: { path: string; inputsDone: boolean }[] = [{ path: drvPath, inputsDone: false }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    const { path, inputsDone } = step;
    const known = knownAt(path, inventory);
    const { derivation } = known;
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
      throw new Rejection(`build: more than ${MAX_BUILDS} derivations would have to be built`);
    }
    checkBuildable(path, known, system);
    stack.push({ path, inputsDone: true });
    for (const input of neededInputs(derivation, inventory)) {
      stack.push({ path: input, inputsDone: false });
    }
  }
  return plan;
}

function knownAt(drvPath: string, inventory: Inventory): CheckedDerivation {
  const known = inventory.derivationAt(drvPath);
  if (!known) {
    throw new Rejection(`build: the derivation ${drvPath} is neither in the bundle nor in the store`);
  }
  return known;
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
      bindsContent(type.output)
        ? `build: the fixed output ${output.path} is missing: no bundle gave it, and nothing is fetched for ${drvPath}`
        : `build: the fixed output ${output.path} of ${drvPath} ${describeWeakHash(type.output)}`,
    );
  }
  if (derivation.system !== system) {
    throw new Rejection(`build: ${drvPath} is for ${derivation.system}, but this machine is ${system}`);
  }
  if (unsupportedFeature !== undefined) {
    throw new Rejection(`build: ${drvPath} ${unsupportedFeature}`);
  }
}

function neededInputs({ inputDrvs }: DerivationSummary, inventory: Inventory): string[] {
  const needed = inputDrvs.filter(({ path, outputs }) => {
    const used = new Set(outputs);
    const { derivation } = knownAt(path, inventory);
    return derivation.outputs.some((output) => used.has(output.name) && !inventory.has(output.path));
  });
  return needed.map(({ path }) => path).reverse();
}
