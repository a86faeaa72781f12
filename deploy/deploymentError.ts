import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A deployment did not come to its end. */
export class DeploymentError extends CartenixError {
  readonly code: ErrorCode = "DEPLOYMENT";
}
