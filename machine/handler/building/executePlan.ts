import { readBuildLog } from "../environment/buildLogs.ts";
import type { Environment } from "../environment/environment.ts";
import { directInputsOf } from "../inventory/directInputs.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { NixSession } from "../nixDaemon/index.ts";
import type { BuiltDerivation, Output } from "../outputs/builtDerivation.ts";
import { BuildFailure } from "./buildFailure.ts";
import { checkOutputSize } from "./checkOutputSize.ts";
import type { PlannedBuild } from "./planBuild.ts";
import { runBuilder } from "./runBuilder.ts";

export interface BuildContext {
  readonly session: Pick<NixSession, "build" | "queryPathInfo">;
  readonly inventory: Inventory;
  readonly environment: Pick<Environment, "logFolder" | "resetForBuild" | "measure">;
}

/**
 * Builds the planned derivations one after the other, so that each finds the same environment, whatever was built before.
 *
 * @throws {BuildFailure} when one of them fails.
 */
export async function executePlan(
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
  const { session, inventory, environment } = context;
  const inputs = directInputsOf(derivation, inventory);
  const { log } = await runBuilder(drvPath, () => session.build(drvPath), environment);
  const outputs: Output[] = [];
  for (const { name, path } of derivation.outputs) {
    if (inventory.has(path)) {
      continue;
    }
    const info = await session.queryPathInfo(path);
    if (!info) {
      throw new BuildFailure(
        drvPath,
        `${drvPath} was built, but its output ${path} is not in the store`,
        log,
      );
    }
    const output = { name, path, ...info };
    checkOutputSize(drvPath, output, log);
    inventory.addPath(path, info);
    outputs.push(output);
  }
  return {
    drvPath,
    derivation,
    outputs,
    inputs,
    // the logs of all builds of a request could have a gibibyte
    get log() {
      return readBuildLog(environment.logFolder, drvPath) ?? "";
    },
  };
}
