import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** Nix could not evaluate an expression to one derivation. */
export class EvaluationError extends CartenixError {
  readonly code: ErrorCode = "EVALUATION";
}
