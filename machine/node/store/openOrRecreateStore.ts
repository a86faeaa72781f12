import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Log } from "../log/log.ts";
import { openStore, type Store } from "./openStore.ts";
import { DatabaseDamagedError } from "./storageErrors.ts";

/** Opens the database. If it is damaged, it is quarantined and a new one is opened, since all of it can be rebuilt. */
export function openOrRecreateStore(path: string, log: Log): Store {
  try {
    return openStore(path);
  } catch (error) {
    if (!(error instanceof DatabaseDamagedError)) {
      throw error;
    }
    quarantineDatabase(path, error, log);
    return openStore(path);
  }
}

/** Renames a damaged database and SQLite's files next to it, for inspection; deletes the one quarantined before. */
export function quarantineDatabase(path: string, error: DatabaseDamagedError, log: Log): void {
  const quarantine = `${path}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(path)}.damaged-`)) {
      rmSync(join(folder, name));
    }
  }
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) {
      renameSync(path + suffix, quarantine + suffix);
    }
  }
  log.warn(
    { renamedTo: quarantine, reason: error.details },
    "the database is damaged; it was renamed and is being rebuilt from the chain and the template",
  );
}
