import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Log } from "../log/log.ts";
import { openStore, type Store } from "./openStore.ts";
import { DatabaseDamagedError } from "./storageErrors.ts";

/** Opens the database; one that is damaged is set aside, since all that it held can be made again. */
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

/**
 * Renames a database, with what SQLite keeps beside it, so that somebody can look at it; the one that was set aside
 * before goes.
 */
export function quarantineDatabase(path: string, error: DatabaseDamagedError, log: Log): void {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(path)}.damaged-`)) {
      rmSync(join(folder, name));
    }
  }
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(path + suffix)) {
      renameSync(path + suffix, aside + suffix);
    }
  }
  log.warn(
    { aside, reason: error.details },
    "the database is damaged; it was set aside, and everything is made again from the chain and the template",
  );
}
