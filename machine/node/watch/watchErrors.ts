import { CartenixError, type ErrorCode } from "../../../support/index.ts";
import type { WrongClaim } from "../store/claimsTable.ts";

/** The node was to watch until a claim differs from what its machine computed, and one does. */
export class WrongClaimError extends CartenixError {
  readonly code: ErrorCode = "WRONG_CLAIM";
  readonly isAccepted: boolean;

  constructor({ epoch, claimId, claimed, computed, isAccepted }: WrongClaim) {
    super(isAccepted ? "a wrong claim was accepted" : "a claim is wrong", {
      details: `${claimId === undefined ? "the claim" : `claim ${claimId}`} of epoch ${epoch} names ${claimed}, this node's machine computed ${computed}`,
      remedy: isAccepted
        ? "do not trust the application's results from this epoch on"
        : "find out who claimed it; where anybody can dispute, challenge it",
    });
    this.isAccepted = isAccepted;
  }
}
