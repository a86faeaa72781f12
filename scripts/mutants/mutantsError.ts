import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** Mutants cannot be judged: the tests or the reasons are wrong as they are. */
export class MutantsError extends CartenixError {
  readonly code: ErrorCode = "MUTANTS";
}
