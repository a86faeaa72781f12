import { CartenixError, type ErrorCode } from "../support/index.ts";

/** The indexer failed to start, or refused a query. */
export class IndexerError extends CartenixError {
  readonly code: ErrorCode = "INDEXER";
}
