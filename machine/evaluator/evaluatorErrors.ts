import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** Nix could not evaluate an expression to one derivation. */
export class EvaluationError extends CartenixError {
  readonly code: ErrorCode = "EVALUATION";
}

/** The Nix of this computer does not do what it is asked to. */
export class HostNixError extends CartenixError {
  readonly code: ErrorCode = "HOST_NIX";
}
