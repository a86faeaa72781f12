import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A step of the demo gave something else than it has to. */
export class DemoError extends CartenixError {
  readonly code: ErrorCode = "DEMO";
}
