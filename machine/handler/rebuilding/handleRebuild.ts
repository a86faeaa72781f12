import { encodeReport, encodeStatement, type RebuildRequest } from "../../../protocol/index.ts";
import { BuildFailure } from "../building/buildFailure.ts";
import { checkOutputSize } from "../building/checkOutputSize.ts";
import { type FinishedBuild, runBuilder } from "../building/runBuilder.ts";
import { collectGarbage } from "../collection/collectGarbage.ts";
import type { HandlerConfig } from "../config.ts";
import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import { reportLog } from "../device/reportLog.ts";
import type { AdvanceRequest, RollupDevice } from "../device/rollupDevice.ts";
import type { Environment } from "../environment/environment.ts";
import { buildClosure } from "../inventory/closures.ts";
import { directInputsOf } from "../inventory/directInputs.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Output } from "../outputs/builtDerivation.ts";
import { statementOf } from "../outputs/statement.ts";
import { vouchersFor } from "../outputs/vouchers.ts";
import type { State } from "../state.ts";
import { checkRebuildable } from "./checkRebuildable.ts";
import { describeDifference } from "./describeDifference.ts";
import { type DifferingOutput, findDifference } from "./findDifference.ts";

const NO_BUNDLE = "0".repeat(64);

/**
 * Builds a derivation again that an earlier input built, and sends the result to the registry: all outputs when they are
 * the same, which the registry counts as confirmations, or the output that differs, which it keeps as a conflict. The
 * store keeps the first build.
 *
 * @throws {Rejection} when the derivation cannot be rebuilt, or the build fails.
 */
export async function handleRebuild(
  { drvPath }: RebuildRequest,
  input: AdvanceRequest,
  device: RollupDevice,
  state: State,
  { registry }: HandlerConfig,
): Promise<void> {
  const { inventory, environment } = state;
  const derivation = checkRebuildable(drvPath, inventory);
  const first = outputsOf(derivation, inventory);
  const needed = buildClosure([drvPath], inventory);
  await collectGarbage(() => needed, device, state);
  inventory.markUsed(needed, Number(input.index));
  const { log, difference } = await buildAgain(drvPath, derivation, first, state).catch((error) => {
    if (error instanceof BuildFailure) {
      reportLog(device, drvPath, error.log);
    }
    throw error;
  });
  const inputs = directInputsOf(derivation, inventory);
  const again = { drvPath, derivation, outputs: difference ? [difference.now] : first, inputs, log };
  reportLog(device, drvPath, difference ? log + describeDifference(difference) : log);
  for (const voucher of vouchersFor([again], input, registry)) {
    device.emitVoucher(voucher);
  }
  if (!difference) {
    const { nixVersion } = environment;
    device.emitNotice(encodeStatement(statementOf(again, { input, bundle: NO_BUNDLE, nixVersion })));
  }
  const outcome = difference ? `its output ${difference.now.path} differs` : "the outputs are the same";
  device.emitReport(encodeReport({ kind: "info", message: `${drvPath} was rebuilt: ${outcome}` }));
}

function outputsOf(derivation: DerivationSummary, inventory: Inventory): Output[] {
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
  derivation: DerivationSummary,
  first: readonly Output[],
  { inventory, environment }: State,
): Promise<{ log: string; difference: DifferingOutput | undefined }> {
  const { log, same } = await runInSession(drvPath, environment);
  // Nix keeps the folder in which a differing output was built
  environment.resetForBuild();
  if (same) {
    return { log, difference: undefined };
  }
  const difference = findDifference(first, derivation, inventory, environment.storeFolder);
  checkOutputSize(drvPath, difference.now, log);
  return { log, difference };
}

async function runInSession(drvPath: string, environment: Environment): Promise<FinishedBuild> {
  const session = await environment.openSession();
  try {
    return await runBuilder(drvPath, () => session.buildAgain(drvPath), environment);
  } finally {
    session.close();
  }
}
