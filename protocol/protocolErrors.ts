import { CartenixError, type ErrorCode } from "../support/index.ts";

/** The payload is not a request, or not in its canonical encoding; the message is one line. */
export class MalformedRequestError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_REQUEST";
}

/** The bytes are not a query; the message is one line. */
export class MalformedQueryError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_QUERY";
}

/** The bytes are not a report that Cartenix's machine writes. */
export class MalformedReportError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_REPORT";
}

/** The notice is not a statement that Cartenix's machine writes. */
export class MalformedStatementError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_STATEMENT";
}

/** The text is not a deployment; the details name the field. */
export class MalformedDeploymentError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_DEPLOYMENT";
}

/** The text is not the canonical JSON of any value; the message is one line. */
export class NotCanonicalJsonError extends CartenixError {
  readonly code: ErrorCode = "NOT_CANONICAL_JSON";
}
