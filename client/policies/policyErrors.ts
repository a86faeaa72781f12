import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** There can be no policy of these terms. */
export class PolicyRefusedError extends CartenixError {
  readonly code: ErrorCode = "POLICY_REFUSED";
}

/** What a deployment says of an application is not true of the chain. */
export class DamagedDeploymentError extends CartenixError {
  readonly code: ErrorCode = "DEPLOYMENT_DAMAGED";
}
