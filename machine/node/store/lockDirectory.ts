import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataDirectoryLockedError, DiskFullError } from "./storageErrors.ts";
import { toStorageError, withStorageErrors } from "./toStorageError.ts";

const SQLITE_BUSY = 5;

/**
 * Locks a directory for this process. The lock is the kernel's, taken through SQLite: it ends with the process,
 * however that ends, and needs no clean-up.
 *
 * @throws {DataDirectoryLockedError} when another process holds the lock.
 * @throws {DiskFullError} when there is no space for the lock file.
 */
export function lockDirectory(directory: string): Disposable {
  const path = join(directory, "lock.sqlite");
  const lock = openLock(path);
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) {
      throw toStorageError(error, path);
    }
    throw new DataDirectoryLockedError(directory);
  }
  return { [Symbol.dispose]: () => lock.close() };
}

function openLock(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") {
      throw new DiskFullError(dirname(path), error);
    }
    throw error;
  }
  return withStorageErrors(path, () => new DatabaseSync(path, { timeout: 0 }));
}
