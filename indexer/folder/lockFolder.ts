import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { IndexerError } from "../indexerError.ts";

const SQLITE_BUSY = 5;

/** Its name in the folder. */
export const LOCK_FILE = "lock.sqlite";

/**
 * Locks a data folder for this process. The lock is the kernel's, taken through SQLite, and ends with the process: PGlite has none of
 * its own, and two processes would ruin its files.
 *
 * @throws {IndexerError} when another process holds the lock.
 */
export function lockFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) {
      throw error;
    }
    throw new IndexerError(`another indexer is using the data folder ${folder}`, {
      remedy: "stop that one, or give this one another folder; on Postgres, several can serve one index",
    });
  }
  return { [Symbol.dispose]: () => lock.close() };
}
