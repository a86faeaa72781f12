import { CartenixError, type ErrorCode } from "../support/index.ts";

/** A place that NARs come from does not work, or answers what it must not. */
export class SourceError extends CartenixError {
  readonly code: ErrorCode = "NAR_SOURCE";
}

/** The bytes are not those that are accepted. */
export class WrongNarError extends CartenixError {
  readonly code: ErrorCode = "WRONG_NAR";
}
