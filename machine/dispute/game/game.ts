import type { Address, Hex } from "viem";
import type { StateList } from "./stateList.ts";

export type Side = "claimer" | "challenger";

/** What has become of a claim, as `IDisputeGame.ClaimStatus` counts. */
export const CLAIM_STATUSES = ["none", "living", "dead", "released"] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** Where a game stands when a side must move. */
export interface Position {
  /** Where the list starts, in transitions since the epoch's start. */
  position: bigint;
  /** The height of the list's parts. */
  partHeight: number;
  /** The other side's list; before the first move, the claim: one part from the state before the epoch to the claimed one. */
  list: StateList;
}

/** A game as the chain has it at a block. Times are in blocks. */
export interface Game {
  gameId: Hex;
  claimId: Hex;
  claimStatus: ClaimStatus;
  application: Address;
  epoch: bigint;
  claimer: Address;
  challenger: Address;
  mover: Side;
  /** The block of the last move, or of the challenge. */
  movedAt: bigint;
  /** How many blocks each side has left, from the last move on. */
  clocks: Record<Side, bigint>;
  /** Where it stands; `undefined` after its end. */
  position: Position | undefined;
}
