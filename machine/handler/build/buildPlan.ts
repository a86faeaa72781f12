import type { NixSession } from "../daemon/index.ts";
import type { Inventory } from "../inventory.ts";
import type { Surroundings } from "../state.ts";
import { type BuiltDerivation, directInputsOf, type Output } from "./builtDerivation.ts";
import { checkOutputSize } from "./checkOutputSize.ts";
import type { PlannedBuild } from "./planBuild.ts";
import { BuildFailure, runBuilder } from "./runBuilder.ts";

export interface BuildContext {
  readonly session: Pick<NixSession, "build" | "queryPathInfo">;
  readonly inventory: Inventory;
  readonly surroundings: Pick<Surroundings, "logFolder" | "resetForBuild" | "measure">;
}

/**
 * Builds what was planned, one derivation after the other, so that each finds the same surroundings whatever is built
 * before it.
 *
 * @throws BuildFailure
 */
export async function buildPlan(
  plan: readonly PlannedBuild[],
  context: BuildContext,
): Promise<BuiltDerivation[]> {
  const built: BuiltDerivation[] = [];
  for (const planned of plan) {
    built.push(await buildOne(planned, context));
  }
  return built;
}

async function buildOne(planned: PlannedBuild, context: BuildContext): Promise<BuiltDerivation> {
  const { drvPath, derivation } = planned;
  const { session, inventory, surroundings } = context;
  const inputs = directInputsOf(derivation, inventory);
  const { log } = await runBuilder(drvPath, () => session.build(drvPath), surroundings);
  const outputs: Output[] = [];
  for (const { name, path } of derivation.outputs) {
    if (inventory.has(path)) {
      continue;
    }
    const info = await session.queryPathInfo(path);
    if (!info) {
      throw new BuildFailure(drvPath, `${drvPath} was built, but its output ${path} is not there`, log);
    }
    const output = { name, path, ...info };
    checkOutputSize(drvPath, output, log);
    inventory.addPath(path, info);
    outputs.push(output);
  }
  return { drvPath, derivation, outputs, inputs, log };
}
