import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataDirectoryLockedError } from "./errors.ts";

const SQLITE_BUSY = 5;

/**
 * Takes a directory for this process alone. The lock is the kernel's, taken through SQLite: it ends with the process,
 * however that ends, and needs no clean-up.
 *
 * @throws DataDirectoryLockedError
 */
export function lockDirectory(directory: string): Disposable {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(join(directory, "lock.sqlite"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw new DataDirectoryLockedError(directory);
  }
  return { [Symbol.dispose]: () => lock.close() };
}
