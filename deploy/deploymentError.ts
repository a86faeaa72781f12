import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A deployment failed, or was refused before it began. */
export class DeploymentError extends CartenixError {
  readonly code: ErrorCode = "DEPLOYMENT";
}
