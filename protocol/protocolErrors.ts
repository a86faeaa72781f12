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

/** The text is not a deployment: the addresses and terms of what was deployed on a chain. */
export class MalformedDeploymentError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_DEPLOYMENT";

  constructor(details: string) {
    super("this is not a deployment", {
      details,
      remedy: "use the file that `npx hardhat deploy` wrote",
      docs: "docs/deployment.md",
    });
  }
}

/** The text is not the canonical JSON of any value; the message is one line. */
export class NotCanonicalJsonError extends CartenixError {
  readonly code: ErrorCode = "NOT_CANONICAL_JSON";
}
