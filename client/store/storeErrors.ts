import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** A file or folder on this computer that cannot be read. */
export class UnreadablePathError extends CartenixError {
  readonly code: ErrorCode = "UNREADABLE_PATH";
}

/** A file of a kind that no store path can hold: a socket, a pipe, a device. */
export class UnsupportedFileError extends CartenixError {
  readonly code: ErrorCode = "UNSUPPORTED_FILE";
}

/** A file or folder changed while it was read, so that what was read was never there as a whole. */
export class PathChangedError extends CartenixError {
  readonly code: ErrorCode = "PATH_CHANGED";
}

/** A file that should hold a NAR holds something else, or only a part of one. */
export class DamagedNarError extends CartenixError {
  readonly code: ErrorCode = "DAMAGED_NAR";
}

/** A compression that this computer's Node does not know. */
export class UnsupportedCompressionError extends CartenixError {
  readonly code: ErrorCode = "UNSUPPORTED_COMPRESSION";
}

/** The store paths that something refers to, directly or not, are more than are followed. */
export class ClosureLimitError extends CartenixError {
  readonly code: ErrorCode = "CLOSURE_LIMIT";
}

/** This computer's Nix does not know a path, or says what Nix does not say. */
export class NixQueryError extends CartenixError {
  readonly code: ErrorCode = "NIX_QUERY";
}

/** Something is where new files should be, and must not be overwritten. */
export class OutputExistsError extends CartenixError {
  readonly code: ErrorCode = "OUTPUT_EXISTS";
}

/** A file or folder that cannot be written. */
export class UnwritablePathError extends CartenixError {
  readonly code: ErrorCode = "UNWRITABLE_PATH";
}
