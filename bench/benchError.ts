import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A benchmark could not be completed. */
export class BenchError extends CartenixError {
  readonly code: ErrorCode = "BENCH";
}
