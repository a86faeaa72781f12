import { rm } from "node:fs/promises";
import {
  advance,
  type Emulator,
  fingerprintOf,
  folderDigest,
  SnapshotError,
  startEmulator,
} from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import { machineHashAfter, processedInputCount, readInput } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { listSnapshots, removeSnapshot, type SnapshotRow } from "../store/snapshotsTable.ts";
import { checkTemplate } from "./checkTemplate.ts";
import { ReplayMismatchError, TemplateMismatchError } from "./machineErrors.ts";
import { createRollupMachine, type RollupMachine } from "./rollupMachine.ts";
import { snapshotPath, sweepSnapshots } from "./snapshots.ts";

export interface RecoverOptions {
  store: Store;
  templateDirectory: string;
  snapshotsDirectory: string;
  signal: AbortSignal;
  log: Log;
}

/**
 * Recovers the machine as it was after the last processed input in the database.
 *
 * @returns the machine, and how many cycles the replay took.
 * @throws what {@link recoverEmulator} throws.
 */
export async function recoverMachine(options: RecoverOptions): Promise<{
  machine: RollupMachine;
  replayedCycles: bigint;
}> {
  const { store } = options;
  await sweepSnapshots(store, options.snapshotsDirectory);
  const inputs = processedInputCount(store);
  const { emulator, replayedCycles } = await recoverEmulator(options, inputs);
  const machine = createRollupMachine(emulator, { inputs, machineHash: machineHashAfter(store, inputs) });
  return { machine, replayedCycles };
}

/**
 * Recovers the machine as it was after some of the processed inputs: loads the newest intact snapshot before, or the
 * template, and replays the accepted inputs since then (the others changed nothing), comparing the hash after each.
 *
 * @throws {TemplateMismatchError} when the template does not match the application.
 * @throws {TemplateDamagedError} when the template's files have changed.
 * @throws {ReplayMismatchError} when a replayed input leads to a different hash.
 */
export async function recoverEmulator(
  options: RecoverOptions,
  inputs: bigint,
): Promise<{ emulator: Emulator; replayedCycles: bigint }> {
  const { store, signal, log } = options;
  const { emulator, inputs: from } = (await loadSnapshot(options, inputs)) ?? (await loadTemplate(options));
  try {
    let replayedCycles = 0n;
    for (let index = from; index < inputs; index++) {
      const { status, raw } = readInput(store, index);
      if (status !== "ACCEPTED") {
        continue;
      }
      log.info({ input: index }, "replaying");
      const { cycles } = await advance(emulator, raw, { signal });
      replayedCycles += cycles;
      const [recorded, found] = [machineHashAfter(store, index + 1n), await emulator.rootHash()];
      if (found !== recorded) {
        throw new ReplayMismatchError(index, recorded, found);
      }
    }
    return { emulator, replayedCycles };
  } catch (error) {
    await emulator.shutdown();
    throw error;
  }
}

interface LoadedMachine {
  emulator: Emulator;
  inputs: bigint;
}

async function loadSnapshot(options: RecoverOptions, inputs: bigint): Promise<LoadedMachine | undefined> {
  const { store, snapshotsDirectory, log } = options;
  const isLater = (one: SnapshotRow) => one.inputs > inputs && one.inputs <= processedInputCount(store);
  for (const snapshot of listSnapshots(store).filter((one) => !isLater(one))) {
    const path = snapshotPath(snapshotsDirectory, snapshot);
    const emulator = matchesInputs(store, snapshot) && (await loadIntact(path, snapshot, options));
    if (emulator) {
      return { emulator, inputs: snapshot.inputs };
    }
    log.warn({ snapshot: path }, "the snapshot is damaged or belongs to other inputs; trying an earlier one");
    removeSnapshot(store, snapshot.inputs);
    await rm(path, { recursive: true, force: true });
  }
  return undefined;
}

/** A snapshot may have been completed just after a reorganisation removed its inputs. */
function matchesInputs(store: Store, { inputs, machineHash }: SnapshotRow): boolean {
  return inputs <= processedInputCount(store) && machineHashAfter(store, inputs) === machineHash;
}

/** Loads the machine in a folder; `undefined` if its files have changed or its hash differs. */
async function loadIntact(
  directory: string,
  { machineHash, contentDigest }: SnapshotRow,
  { signal }: RecoverOptions,
): Promise<Emulator | undefined> {
  // The emulator trusts the stored hash tree.
  const digest = await folderDigest(directory).catch(() => undefined);
  if (digest !== contentDigest) {
    return undefined;
  }
  const emulator = await startEmulator({ signal });
  try {
    await emulator.load(directory);
    if ((await emulator.rootHash()) === machineHash) {
      return emulator;
    }
  } catch (error) {
    if (!(error instanceof SnapshotError)) {
      await emulator.shutdown();
      throw error;
    }
  }
  await emulator.shutdown();
  return undefined;
}

async function loadTemplate({
  store,
  templateDirectory,
  signal,
  log,
}: RecoverOptions): Promise<LoadedMachine> {
  const emulator = await startEmulator({ signal });
  try {
    const fingerprint = await fingerprintOf(templateDirectory).catch(() => ""); // loading says what is wrong
    await emulator.load(templateDirectory);
    const [expected, found] = [machineHashAfter(store, 0n), await emulator.rootHash()];
    if (found !== expected) {
      throw new TemplateMismatchError(expected, found, templateDirectory);
    }
    await checkTemplate(emulator, {
      directory: templateDirectory,
      rootHash: expected,
      fingerprint,
      signal,
      log,
    });
    return { emulator, inputs: 0n };
  } catch (error) {
    await emulator.shutdown();
    throw error;
  }
}
