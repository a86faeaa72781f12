import type { NixSession } from "../daemon/index.ts";
import type { Inventory } from "../inventory.ts";
import { readLog } from "../readLog.ts";
import { Rejection } from "../rejection.ts";
import type { Surroundings } from "../state.ts";
import { type BuiltDerivation, directInputsOf, type Output } from "./builtDerivation.ts";
import type { PlannedBuild } from "./planBuild.ts";

/** A derivation's build failed; the log says why. */
export class BuildFailure extends Rejection {
  override name = "BuildFailure";
  readonly drvPath: string;
  readonly log: string;

  constructor(drvPath: string, reason: string, log: string) {
    super(`build: ${reason}`);
    this.drvPath = drvPath;
    this.log = log;
  }
}

export interface BuildContext {
  readonly session: Pick<NixSession, "build" | "queryPathInfo">;
  readonly inventory: Inventory;
  readonly surroundings: Pick<Surroundings, "logFolder" | "resetForBuild">;
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
  for (const planned of plan) built.push(await buildOne(planned, context));
  return built;
}

async function buildOne(planned: PlannedBuild, context: BuildContext): Promise<BuiltDerivation> {
  const { drvPath, derivation } = planned;
  const { session, inventory, surroundings } = context;
  const inputs = directInputsOf(derivation, inventory);
  surroundings.resetForBuild();
  const { status, message } = await session.build(drvPath);
  const log = readLog(surroundings.logFolder, drvPath) ?? "";
  if (status !== 0) throw new BuildFailure(drvPath, reasonOf(message, drvPath, status), log);
  const outputs: Output[] = [];
  for (const { name, path } of derivation.outputs) {
    if (inventory.has(path)) continue;
    const info = await session.queryPathInfo(path);
    if (!info)
      throw new BuildFailure(drvPath, `${drvPath} was built, but its output ${path} is not there`, log);
    inventory.addPath(path, info);
    outputs.push({ name, path, ...info });
  }
  return { drvPath, derivation, outputs, inputs, log };
}

/** Nix's first line; behind it come the log's last lines, which are reported whole. */
function reasonOf(message: string, drvPath: string, status: number): string {
  const [line = ""] = message.split("\n");
  return line.replace(/;$/, "") || `${drvPath} ended with Nix's status ${status}`;
}
