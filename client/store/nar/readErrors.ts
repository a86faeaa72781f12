import { printPath } from "../printPath.ts";
import { PathChangedError, UnreadablePathError } from "../storeErrors.ts";

/** Codes that say that a path is not any more what its folder said it was. */
const CHANGED_CODES = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EINVAL", "ENXIO"]);

/** The error for what the file system said of a path below the one that is read. */
export function errorBelow(path: Uint8Array, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && CHANGED_CODES.has(code)
    ? changedError(path, error)
    : unreadableError(path, error);
}

export function changedError(path: string | Uint8Array, cause?: unknown): PathChangedError {
  return new PathChangedError(`${printPath(path)} changed while it was read`, {
    cause,
    remedy: "try again when nothing writes to it",
  });
}

export function unreadableError(path: string | Uint8Array, cause: unknown): UnreadablePathError {
  const { code } = cause as NodeJS.ErrnoException;
  return code === "ENOENT"
    ? new UnreadablePathError(`${printPath(path)} does not exist`, { cause })
    : new UnreadablePathError(`cannot read ${printPath(path)}`, { cause, details: code });
}
