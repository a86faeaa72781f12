import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** The chain or the node has nothing that proves an output. */
export class NoProofError extends CartenixError {
  readonly code: ErrorCode = "NO_PROOF";
}

/** A proof does not show what it says. */
export class ProofDamagedError extends CartenixError {
  readonly code: ErrorCode = "PROOF_DAMAGED";
}
