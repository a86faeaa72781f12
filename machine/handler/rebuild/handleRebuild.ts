import { encodeReport, type RebuildRequest } from "../../../protocol/index.ts";
import { directInputsOf, type Output } from "../build/builtDerivation.ts";
import { checkOutputSize } from "../build/checkOutputSize.ts";
import { BuildFailure, type FinishedBuild, runBuilder } from "../build/runBuilder.ts";
import { makeRoom } from "../collect/makeRoom.ts";
import { neededFor } from "../collect/neededFor.ts";
import type { HandlerConfig } from "../config.ts";
import type { AdvanceRequest, RollupDevice } from "../device.ts";
import type { Inventory } from "../inventory.ts";
import type { Recipe } from "../knownDerivation.ts";
import { statementOf } from "../outputs/statement.ts";
import { vouchersFor } from "../outputs/vouchers.ts";
import { reportLog } from "../reportLog.ts";
import type { State, Surroundings } from "../state.ts";
import { describeDifference } from "./describeDifference.ts";
import { type DifferingOutput, findDifference } from "./findDifference.ts";
import { rebuildable } from "./rebuildable.ts";

const NO_BUNDLE = "0".repeat(64);

/**
 * Builds once more what an earlier input built, beside it, and tells the registry what came of it: all outputs again when
 * they are the same, which it counts as confirmations; else the one that differs, which it keeps as a conflict. The
 * store keeps what was built first.
 */
export async function handleRebuild(
  { drvPath }: RebuildRequest,
  input: AdvanceRequest,
  device: RollupDevice,
  state: State,
  { registry }: HandlerConfig,
): Promise<void> {
  const { inventory, surroundings } = state;
  const derivation = rebuildable(drvPath, inventory);
  const first = outputsOf(derivation, inventory);
  const needed = neededFor([drvPath], inventory);
  await makeRoom(() => needed, device, state);
  inventory.use(needed, Number(input.index));
  const { log, difference } = await buildAgain(drvPath, derivation, first, state).catch((error) => {
    if (error instanceof BuildFailure) {
      reportLog(device, drvPath, error.log);
    }
    throw error;
  });
  const inputs = directInputsOf(derivation, inventory);
  const again = { drvPath, derivation, outputs: difference ? [difference.now] : first, inputs, log };
  reportLog(device, drvPath, difference ? log + describeDifference(difference) : log);
  for (const voucher of vouchersFor([again], registry)) {
    device.emitVoucher(voucher);
  }
  if (!difference) {
    device.emitNotice(statementOf(again, { input, bundle: NO_BUNDLE, nixVersion: surroundings.nixVersion }));
  }
  const outcome = difference ? `its output ${difference.now.path} differs` : "the same came of it";
  device.emitReport(encodeReport({ kind: "info", message: `${drvPath} was built again: ${outcome}` }));
}

function outputsOf(derivation: Recipe, inventory: Inventory): Output[] {
  return derivation.outputs.map(({ name, path }) => {
    const info = inventory.infoOf(path);
    if (!info) {
      throw new Error(`the output ${path} is not in the store`);
    }
    return { name, path, ...info };
  });
}

async function buildAgain(
  drvPath: string,
  derivation: Recipe,
  first: readonly Output[],
  { inventory, surroundings }: State,
): Promise<{ log: string; difference: DifferingOutput | undefined }> {
  const { log, same } = await runInSession(drvPath, surroundings);
  // Nix leaves the folder in which a differing output was built
  surroundings.resetForBuild();
  if (same) {
    return { log, difference: undefined };
  }
  const difference = findDifference(first, derivation, inventory, surroundings.storeFolder);
  checkOutputSize(drvPath, difference.now, log);
  return { log, difference };
}

async function runInSession(drvPath: string, surroundings: Surroundings): Promise<FinishedBuild> {
  const session = await surroundings.openSession();
  try {
    return await runBuilder(drvPath, () => session.buildAgain(drvPath), surroundings);
  } finally {
    session.close();
  }
}
