import { mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderDigest } from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import type { Store } from "../store/openStore.ts";
import { addSnapshot, listSnapshots, removeSnapshot, type SnapshotRow } from "../store/snapshotsTable.ts";
import type { RollupMachine } from "./rollupMachine.ts";

/** The newest one, and one more in case that is damaged. */
const KEPT_SNAPSHOTS = 2;

type SnapshotName = Pick<SnapshotRow, "inputs" | "machineHash">;

/** The folder of a snapshot. */
export function snapshotPath(directory: string, { inputs, machineHash }: SnapshotName): string {
  return join(directory, `${inputs}-${machineHash.slice(2, 18)}`);
}

/**
 * Stores the current machine. A snapshot is recorded in the database only once all of it is on disk, and then every
 * other folder is deleted.
 */
export async function takeSnapshot(
  machine: RollupMachine,
  store: Store,
  directory: string,
  log: Log,
): Promise<void> {
  const snapshot = machine.state();
  const path = snapshotPath(directory, snapshot);
  await mkdir(directory, { recursive: true });
  await rm(path, { recursive: true, force: true });
  await machine.store(path);
  await flushFolder(path);
  await flush(directory);
  const contentDigest = await folderDigest(path);
  log.debug({ inputs: snapshot.inputs }, "snapshot stored");
  addSnapshot(store, { ...snapshot, contentDigest });
  log.debug({ inputs: snapshot.inputs }, "snapshot recorded");
  for (const old of listSnapshots(store).slice(KEPT_SNAPSHOTS)) {
    removeSnapshot(store, old.inputs);
  }
  await sweepSnapshots(store, directory);
}

/** Deletes the snapshots that are not in the database: old and unfinished ones. */
export async function sweepSnapshots(store: Store, directory: string): Promise<void> {
  const known = new Set(listSnapshots(store).map((snapshot) => snapshotPath(directory, snapshot)));
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return [];
    }
    throw error;
  });
  for (const entry of entries) {
    const path = join(directory, entry);
    if (!known.has(path)) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function flushFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await flush(join(folder, name));
  }
  await flush(folder);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
