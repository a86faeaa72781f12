import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** A build needs a fixed output whose content was not found. */
export class FixedOutputMissingError extends CartenixError {
  readonly code: ErrorCode = "FIXED_OUTPUT_MISSING";
}

/** A fixed output is declared by a hash that is not collision resistant. */
export class WeakHashError extends CartenixError {
  readonly code: ErrorCode = "WEAK_HASH";
}

/** Something is larger than a request can bring. */
export class ContentTooLargeError extends CartenixError {
  readonly code: ErrorCode = "CONTENT_TOO_LARGE";
}

/** There is no such derivation on this computer. */
export class DerivationNotFoundError extends CartenixError {
  readonly code: ErrorCode = "DERIVATION_NOT_FOUND";
}

/** The sender cannot pay for the requests. */
export class InsufficientFundsError extends CartenixError {
  readonly code: ErrorCode = "INSUFFICIENT_FUNDS";
}

/** What an earlier run left behind cannot be used. */
export class JournalError extends CartenixError {
  readonly code: ErrorCode = "JOURNAL";
}
