import { CartenixError, type ErrorCode } from "./cartenixError.ts";

/** A command was given something that it does not know. */
export class UsageError extends CartenixError {
  readonly code: ErrorCode = "USAGE";
}

/** Somebody ended the work: Ctrl-C, or a signal. */
export class InterruptedError extends CartenixError {
  readonly code: ErrorCode = "INTERRUPTED";

  constructor() {
    super("interrupted");
  }
}
