import { rm } from "node:fs/promises";
import { advance, type Emulator, folderDigest, SnapshotError, startEmulator } from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import { machineHashAfter, processedInputCount, readInputForMachine } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { listSnapshots, removeSnapshot, type SnapshotRow } from "../store/snapshotsTable.ts";
import { checkTemplate } from "./checkTemplate.ts";
import { ReplayMismatchError, TemplateMismatchError } from "./machineErrors.ts";
import { createRollupMachine, type RollupMachine } from "./rollupMachine.ts";
import { snapshotPath, sweepSnapshots } from "./snapshots.ts";

export interface RecoverOptions {
  store: Store;
  templateDirectory: string;
  /** Where the digest of a template's files is remembered that came without one. */
  templateDigestFile: string;
  snapshotsDirectory: string;
  maxCycles: bigint;
  signal: AbortSignal;
  log: Log;
}

/**
 * Brings up the machine as it was after the last input in the database: from the newest snapshot that is whole, or from
 * the template, and by replaying the accepted inputs since (the others changed nothing). The hash is compared after
 * each. Says how many cycles the replay took beside the machine.
 *
 * @throws TemplateMismatchError when the template is not the application's.
 * @throws TemplateDamagedError when its files are not as they were written.
 * @throws ReplayMismatchError when a replayed input leads elsewhere than the first time.
 */
export async function recoverMachine(options: RecoverOptions): Promise<{
  machine: RollupMachine;
  replayedCycles: bigint;
}> {
  const { store, signal, log } = options;
  await sweepSnapshots(store, options.snapshotsDirectory);
  const { emulator, inputs: from } = (await loadSnapshot(options)) ?? (await loadTemplate(options));
  try {
    const to = processedInputCount(store);
    let replayedCycles = 0n;
    for (let index = from; index < to; index++) {
      const { status, raw } = readInputForMachine(store, index);
      if (status !== "ACCEPTED") {
        continue;
      }
      log.info({ input: index }, "replaying");
      const { cycles } = await advance(emulator, raw, { maxCycles: options.maxCycles, signal });
      replayedCycles += cycles;
      const [recorded, found] = [machineHashAfter(store, index + 1n), await emulator.rootHash()];
      if (found !== recorded) {
        throw new ReplayMismatchError(index, recorded, found);
      }
    }
    const machine = createRollupMachine(emulator, { inputs: to, machineHash: machineHashAfter(store, to) });
    return { machine, replayedCycles };
  } catch (error) {
    await emulator.shutdown();
    throw error;
  }
}

interface Start {
  emulator: Emulator;
  inputs: bigint;
}

async function loadSnapshot(options: RecoverOptions): Promise<Start | undefined> {
  const { store, snapshotsDirectory, log } = options;
  for (const snapshot of listSnapshots(store)) {
    const path = snapshotPath(snapshotsDirectory, snapshot);
    const emulator = isOfTheseInputs(store, snapshot) && (await loadWhole(path, snapshot, options));
    if (emulator) {
      return { emulator, inputs: snapshot.inputs };
    }
    log.warn({ snapshot: path }, "this snapshot is damaged or of other inputs; going back to an earlier one");
    removeSnapshot(store, snapshot.inputs);
    await rm(path, { recursive: true, force: true });
  }
  return undefined;
}

/** A snapshot may have been finished just after its inputs were reorganised away. */
function isOfTheseInputs(store: Store, { inputs, machineHash }: SnapshotRow): boolean {
  return inputs <= processedInputCount(store) && machineHashAfter(store, inputs) === machineHash;
}

/** The machine in a folder, or `undefined` unless it is whole and has the hash. */
async function loadWhole(
  directory: string,
  { machineHash, contentDigest }: SnapshotRow,
  { signal }: RecoverOptions,
): Promise<Emulator | undefined> {
  // The emulator believes the hash tree that it finds beside the memory.
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
  templateDigestFile,
  signal,
  log,
}: RecoverOptions): Promise<Start> {
  const emulator = await startEmulator({ signal });
  try {
    await emulator.load(templateDirectory);
    const [expected, found] = [machineHashAfter(store, 0n), await emulator.rootHash()];
    if (found !== expected) {
      throw new TemplateMismatchError(expected, found, templateDirectory);
    }
    await checkTemplate(emulator, { directory: templateDirectory, remembered: templateDigestFile, log });
    return { emulator, inputs: 0n };
  } catch (error) {
    await emulator.shutdown();
    throw error;
  }
}
