import { CartenixError, type ErrorCode } from "./cartenixError.ts";

/** A command was called with an argument that it does not know. */
export class UsageError extends CartenixError {
  readonly code: ErrorCode = "USAGE";
}

/** The command was interrupted: Ctrl-C, or a signal. */
export class InterruptedError extends CartenixError {
  readonly code: ErrorCode = "INTERRUPTED";

  constructor() {
    super("interrupted");
  }
}
