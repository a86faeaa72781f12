import { CartenixError, InterruptedError } from "../../support/index.ts";
import {
  DAMAGED_EXIT_CODE,
  exitCodeOf,
  INTERNAL_EXIT_CODE,
  INTERRUPTED_EXIT_CODE,
  NETWORK_EXIT_CODE,
  USAGE_EXIT_CODE,
} from "./exitCodes.ts";

/** Errors that do not come from how the command was used; all others of ours do. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  CHAIN_UNREACHABLE: NETWORK_EXIT_CODE,
  DAMAGED_NAR: DAMAGED_EXIT_CODE,
  DEBIAN: NETWORK_EXIT_CODE,
  ENDPOINTS_DISAGREE: NETWORK_EXIT_CODE,
  NO_PROOF: exitCodeOf("unknown"),
  INDEXER_ANSWER: NETWORK_EXIT_CODE,
  INDEXER_UNREACHABLE: NETWORK_EXIT_CODE,
  NAR_SOURCE: NETWORK_EXIT_CODE,
  NODE_ANSWER: NETWORK_EXIT_CODE,
  NODE_UNREACHABLE: NETWORK_EXIT_CODE,
  INPUT_REFUSED: NETWORK_EXIT_CODE,
  JOURNAL: DAMAGED_EXIT_CODE,
  NOT_THE_CONTRACT: NETWORK_EXIT_CODE,
  PATH_CHANGED: DAMAGED_EXIT_CODE,
  PINNED_FILE_GONE: NETWORK_EXIT_CODE,
  WRONG_CHAIN: NETWORK_EXIT_CODE,
};

export function errorExitCode(error: unknown): number {
  if (error instanceof InterruptedError) {
    return INTERRUPTED_EXIT_CODE;
  }
  if (!(error instanceof CartenixError)) {
    return INTERNAL_EXIT_CODE;
  }
  return EXIT_CODES[error.code] ?? (error.code.endsWith("_DAMAGED") ? DAMAGED_EXIT_CODE : USAGE_EXIT_CODE);
}
