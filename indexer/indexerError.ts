import { CartenixError, type ErrorCode } from "../support/index.ts";

/** The indexer does not start, or refuses a query. */
export class IndexerError extends CartenixError {
  readonly code: ErrorCode = "INDEXER";
}
