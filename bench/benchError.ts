import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A benchmark could not be run to its end. */
export class BenchError extends CartenixError {
  readonly code: ErrorCode = "BENCH";
}
