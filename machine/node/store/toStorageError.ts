import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseDamagedError, DiskFullError } from "./storageErrors.ts";

/** Primary result codes. Source: https://www.sqlite.org/rescode.html */
const SQLITE_CODES = { ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;
const PRIMARY_CODE_MASK = 0xff;

/** With less free space than this, a failed write is taken to have failed for lack of it. */
const MIN_FREE_BYTES = 64 * 1024;

/** Translates an SQLite error into one of ours; returns all other errors unchanged. */
export function toStorageError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || (error as { code?: string }).code !== "ERR_SQLITE_ERROR") {
    return error;
  }
  switch ((error as unknown as { errcode: number }).errcode & PRIMARY_CODE_MASK) {
    case SQLITE_CODES.corrupt:
    case SQLITE_CODES.notADatabase:
      return new DatabaseDamagedError(path, error.message, error);
    case SQLITE_CODES.full:
      return new DiskFullError(dirname(path), error);
    case SQLITE_CODES.ioError:
    case SQLITE_CODES.cannotOpen:
      return isDiskFull(dirname(path)) ? new DiskFullError(dirname(path), error) : error;
    default:
      return error;
  }
}

/** Whether a folder's file system has no space or no inodes left. */
export function isDiskFull(folder: string): boolean {
  try {
    const { bavail, bsize, ffree, files } = statfsSync(folder);
    return bavail * bsize < MIN_FREE_BYTES || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

/**
 * Runs something on the database at `path`.
 *
 * @throws {DatabaseDamagedError} when SQLite finds it corrupt.
 * @throws {DiskFullError} when the disk is full.
 */
export function withStorageErrors<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw toStorageError(error, path);
  }
}
