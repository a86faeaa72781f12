import { CartenixError } from "../support/index.ts";

/** A deployment did not come to its end. */
export class DeploymentError extends CartenixError {
  override name = "DeploymentError";
}
