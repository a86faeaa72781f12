import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseDamagedError, DiskFullError } from "./storageErrors.ts";

const SQLITE = { ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

/** Below this much room nothing that failed for lack of it can go well. */
const NO_ROOM_BYTES = 64 * 1024;

/** What an error of SQLite means for the node; other errors are given back as they are. */
export function toStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || (error as { code?: string }).code !== "ERR_SQLITE_ERROR") {
    return error;
  }
  switch ((error as unknown as { errcode: number }).errcode & 0xff) {
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return new DatabaseDamagedError(path, error.message, error);
    case SQLITE.full:
      return new DiskFullError(dirname(path), error);
    case SQLITE.ioError:
    case SQLITE.cannotOpen:
      return isDiskFull(dirname(path)) ? new DiskFullError(dirname(path), error) : error;
    default:
      return error;
  }
}

/** Whether a folder's file system has no room left. */
export function isDiskFull(folder: string): boolean {
  try {
    const { bavail, bsize, ffree, files } = statfsSync(folder);
    return bavail * bsize < NO_ROOM_BYTES || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

/** Runs something on the database at `path`. @throws DatabaseDamagedError, DiskFullError */
export function withStorageErrors<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw toStorageError(error, path);
  }
}
