import type { Hex } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The other side's list agrees with this computer's machine: there is no move to make against it. */
export class NothingToDisputeError extends CartenixError {
  readonly code: ErrorCode = "NOTHING_TO_DISPUTE";

  constructor(end: Hex) {
    super("this computer's machine agrees with the other side", { details: `the segment ends in ${end}` });
  }
}

/** A game cannot be read from the chain. */
export class GameNotReadableError extends CartenixError {
  readonly code: ErrorCode = "GAME_NOT_READABLE";

  constructor(gameId: Hex, reason: string) {
    super(`cannot read the game ${gameId}: ${reason}`);
  }
}

/** A game ended while its move was being computed. */
export class GameEndedError extends CartenixError {
  readonly code: ErrorCode = "GAME_ENDED";

  constructor(gameId: Hex) {
    super(`the game ${gameId} has ended`);
  }
}
