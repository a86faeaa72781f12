import type { Address, Hex } from "viem";
import type { ClaimStatus, Side } from "../game/game.ts";

/** An application's claims and games at a block. Times are in blocks. */
export interface Disputes {
  blockNumber: bigint;
  epoch: Epoch;
  /** All claims about the current epoch, in order. */
  claims: readonly Claim[];
  /** Claims about the epoch before whose bonds have not been released. */
  unreleased: readonly Claim[];
}

export interface Epoch {
  index: bigint;
  /** Binds a claim to the epoch's inputs; of a sealed epoch. */
  id: Hex;
  /** The state before it; `undefined` while the application is not registered. */
  state: Hex | undefined;
  firstInput: bigint;
  /** The index after its last input; that of the first one until it is sealed. */
  endInput: bigint;
  /** How many inputs the InputBox has. */
  inputs: bigint;
  /** The last block for claims that compete with the first one; 0 before the first claim. */
  claimsUntil: bigint;
  challengesUntil: bigint;
  livingClaims: bigint;
  livingStates: bigint;
  openGames: bigint;
  /** How often all claims have died. */
  round: bigint;
}

export interface Claim {
  claimId: Hex;
  claimer: Address;
  state: Hex;
  status: ClaimStatus;
  games: readonly GameStatus[];
}

/** What a list of games shows of one: whose move it is and how long, not yet where it stands. */
export interface GameStatus {
  gameId: Hex;
  claimId: Hex;
  challenger: Address;
  isOpen: boolean;
  mover: Side;
  movedAt: bigint;
  clocks: Record<Side, bigint>;
}

export function isSealed({ firstInput, endInput }: Epoch): boolean {
  return endInput !== firstInput;
}

/** The last block in which the mover can move. */
export function lastBlockToMove({ movedAt, clocks, mover }: GameStatus): bigint {
  return movedAt + clocks[mover];
}
