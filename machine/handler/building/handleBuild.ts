import { type BuildRequest, encodeReport, encodeStatement } from "../../../protocol/index.ts";
import { type CheckedBundle, checkBundle } from "../bundle/checkBundle.ts";
import { decompressBundle } from "../bundle/decompressBundle.ts";
import { collectGarbage } from "../collection/collectGarbage.ts";
import type { HandlerConfig } from "../config.ts";
import { Rejection } from "../device/rejection.ts";
import { reportLog } from "../device/reportLog.ts";
import type { AdvanceRequest, RollupDevice } from "../device/rollupDevice.ts";
import { buildClosure } from "../inventory/closures.ts";
import type { NixSession } from "../nixDaemon/index.ts";
import type { BuiltDerivation } from "../outputs/builtDerivation.ts";
import { statementOf } from "../outputs/statement.ts";
import { vouchersFor } from "../outputs/vouchers.ts";
import type { State } from "../state.ts";
import { BuildFailure } from "./buildFailure.ts";
import { executePlan } from "./executePlan.ts";
import { planBuild } from "./planBuild.ts";

const NO_BUNDLE = /^0x0{64}$/;

/**
 * Imports the bundle, builds the derivation and its missing inputs, and emits the results: the logs as reports, a statement
 * of each build as a notice, and vouchers for the registry.
 *
 * A derivation that was built before is neither built nor recorded again; a report tells where its outputs come from.
 *
 * @throws {Rejection} when the bundle or the derivation fails a check, or a build fails.
 */
export async function handleBuild(
  request: BuildRequest,
  input: AdvanceRequest,
  device: RollupDevice,
  state: State,
  config: HandlerConfig,
): Promise<void> {
  const { inventory, environment } = state;
  if (isBuilt(request.drvPath, state)) {
    inventory.markUsed(buildClosure([request.drvPath], inventory), Number(input.index));
    return reportOrigin(request.drvPath, device, state);
  }
  const { names, session } = await importBundle(request, input, device, state);
  try {
    const plan = planBuild(request.drvPath, inventory, environment.system);
    const built = await executePlan(plan, { session, inventory, environment }).catch((error) => {
      if (error instanceof BuildFailure) {
        reportLog(device, error.drvPath, error.log);
      }
      throw error;
    });
    remember(built, names, request, input, state);
    emitOutputs(built, request, input, device, environment.nixVersion, config);
    if (built.length === 0) {
      reportOrigin(request.drvPath, device, state);
    }
  } finally {
    session.close();
  }
}

function isBuilt(drvPath: string, { inventory }: State): boolean {
  const derivation = inventory.derivationAt(drvPath)?.derivation;
  return derivation?.outputs.every(({ path }) => inventory.has(path)) ?? false;
}

function reportOrigin(drvPath: string, device: RollupDevice, { inventory }: State): void {
  const [output] = inventory.derivationAt(drvPath)?.derivation.outputs ?? [];
  const origin = output && inventory.originOf(output.path);
  const message = origin
    ? `${drvPath} was built by input ${origin.inputIndex}${origin.drvPath === drvPath ? "" : ` as ${origin.drvPath}`}`
    : `the outputs of ${drvPath} came with the template or in a bundle: there is nothing to build`;
  device.emitReport(encodeReport({ kind: "info", message }));
}

/** Paths whose build closure holds everything in the store that a request needs. */
function pathsNamedBy({ drvPath }: BuildRequest, { names, paths, derivations }: CheckedBundle): string[] {
  const outputs = [...derivations.values()].flatMap(({ derivation }) => derivation.outputs);
  const references = paths.flatMap((path) => path.references);
  return [drvPath, ...names, ...references, ...outputs.map(({ path }) => path)];
}

function readBundle({ bundle, drvPath }: BuildRequest, input: AdvanceRequest, state: State): CheckedBundle {
  const { blobs, inventory } = state;
  if (NO_BUNDLE.test(bundle) || inventory.hasBundle(bundle)) {
    return { names: [], paths: [], derivations: new Map() };
  }
  if (!blobs.has(bundle)) {
    const missing = blobs.missingChunks(bundle, input.msgSender);
    throw new Rejection(
      missing === undefined
        ? `build: the bundle ${bundle} for ${drvPath} was not uploaded: upload it first`
        : `build: ${missing} chunks of the bundle ${bundle} are still missing: upload them first`,
    );
  }
  return checkBundle(decompressBundle(blobs.read(bundle)), inventory);
}

/**
 * Imports the bundle, and keeps nothing of it but its paths' names: its archives may take 96 MiB, and builders need memory.
 *
 * @returns all paths in the bundle, and the session that imported them.
 */
async function importBundle(
  request: BuildRequest,
  input: AdvanceRequest,
  device: RollupDevice,
  state: State,
): Promise<{ names: readonly string[]; session: NixSession }> {
  const { inventory, environment } = state;
  const bundle = readBundle(request, input, state);
  await collectGarbage(() => buildClosure(pathsNamedBy(request, bundle), inventory), device, state);
  const session = await environment.openSession();
  try {
    await addToStore(bundle, session, state);
    return { names: bundle.names, session };
  } catch (error) {
    session.close();
    throw error;
  }
}

async function addToStore(bundle: CheckedBundle, session: NixSession, { inventory }: State): Promise<void> {
  if (bundle.paths.length === 0) {
    return;
  }
  await session.addPaths(bundle.paths);
  for (const { path, narHash, narSize, references } of bundle.paths) {
    inventory.addPath(path, { narHash, narSize, references });
  }
  for (const [drvPath, derivation] of bundle.derivations) {
    inventory.addDerivation(drvPath, derivation);
  }
}

function remember(
  built: readonly BuiltDerivation[],
  names: readonly string[],
  { bundle, drvPath }: BuildRequest,
  input: AdvanceRequest,
  { inventory, blobs }: State,
): void {
  const inputIndex = Number(input.index);
  inventory.addBundle(bundle);
  blobs.delete(bundle);
  for (const { drvPath, outputs } of built) {
    for (const { path } of outputs) {
      inventory.addOrigin(path, { inputIndex, drvPath });
    }
  }
  inventory.markUsed(buildClosure([drvPath, ...names], inventory), inputIndex);
}

function emitOutputs(
  built: readonly BuiltDerivation[],
  { bundle }: BuildRequest,
  input: AdvanceRequest,
  device: RollupDevice,
  nixVersion: string,
  { registry }: HandlerConfig,
): void {
  for (const { drvPath, log } of built) {
    reportLog(device, drvPath, log);
  }
  for (const voucher of vouchersFor(built, input, registry)) {
    device.emitVoucher(voucher);
  }
  for (const one of built) {
    device.emitNotice(encodeStatement(statementOf(one, { input, bundle: bundle.slice(2), nixVersion })));
  }
}
