import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** Nothing answers at the indexer's address. */
export class IndexerUnreachableError extends CartenixError {
  readonly code: ErrorCode = "INDEXER_UNREACHABLE";
}

/** The indexer refuses, or its answer is not one that an indexer gives. */
export class IndexerAnswerError extends CartenixError {
  readonly code: ErrorCode = "INDEXER_ANSWER";
}
