import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A step of the demo had an unexpected result. */
export class DemoError extends CartenixError {
  readonly code: ErrorCode = "DEMO";
}
