import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** A Nix expression could not be turned into a derivation, or its closure could not be brought together. */
export class EvaluationError extends CartenixError {
  readonly code: ErrorCode = "EVALUATION";
}
