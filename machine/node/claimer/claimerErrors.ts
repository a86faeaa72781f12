import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The output does not exist, or cannot be proved yet. */
export class OutputNotProvenError extends CartenixError {
  readonly code: ErrorCode = "OUTPUT_NOT_PROVEN";

  constructor(index: bigint) {
    super("there is no proof of this output yet", {
      details: `output ${index} does not exist, or its epoch is still open`,
      remedy: "wait until its epoch has ended and the claim is accepted",
    });
  }
}

/** The node has no key to sign transactions with. */
export class NoKeyError extends CartenixError {
  readonly code: ErrorCode = "NO_KEY";

  constructor() {
    super("this node has no key to sign transactions with", {
      remedy: "start it with the claimer's private key",
    });
  }
}
