import type { Address, Hash, Hex } from "viem";

/** The block tags that the node can follow: the newest block, or the newest that the chain considers settled. */
export const SAFE_BLOCKS = ["latest", "safe", "finalized"] as const;
export type SafeBlock = (typeof SAFE_BLOCKS)[number];

export interface BlockRef {
  number: bigint;
  hash: Hash;
}

/** An `InputAdded` event. */
export interface AddedInput {
  index: bigint;
  block: BlockRef;
  transactionHash: Hash;
  sender: Address;
  /** The whole `EvmAdvance` call. */
  raw: Hex;
}

/** A `ClaimSubmitted` or `ClaimAccepted` event. */
export interface ClaimEvent {
  kind: "submitted" | "accepted";
  blockNumber: bigint;
  logIndex: number;
  transactionHash: Hash;
  epoch: bigint;
  outputsRoot: Hash;
  /** Only of a submitted claim. */
  submitter: Address | undefined;
}

interface EventOrigin {
  blockNumber: bigint;
  logIndex: number;
  transactionHash: Hash;
}

/** `EpochSealed`: an epoch of an application with disputes has its inputs. */
export interface EpochSeal extends EventOrigin {
  kind: "sealed";
  epoch: bigint;
  firstInput: bigint;
  endInput: bigint;
  /** The state before it. */
  state: Hash;
}

/** `StateClaimed`. */
export interface StateClaim extends EventOrigin {
  kind: "claimed";
  epoch: bigint;
  claimId: Hash;
  claimer: Address;
  state: Hash;
  outputsRoot: Hash;
}

/** `GameEnded` against the claimer, perhaps of another application's claim. */
export interface ClaimDeath extends EventOrigin {
  kind: "died";
  claimId: Hash;
}

/** `EpochAccepted`. */
export interface EpochAcceptance extends EventOrigin {
  kind: "accepted";
  epoch: bigint;
  claimId: Hash;
  state: Hash;
}

export type DisputeEvent = EpochSeal | StateClaim | ClaimDeath | EpochAcceptance;

/** An `OutputExecuted` event. */
export interface ExecutedOutput {
  outputIndex: bigint;
  blockNumber: bigint;
  transactionHash: Hash;
}

/** The application's events in consecutive blocks. */
export interface ChainBatch {
  /** The last block that was read, perhaps not all of it. */
  upTo: BlockRef;
  /** The last block whose events are complete: `upTo`, or the one before if more inputs may follow in `upTo`. */
  checkedBlock: bigint;
  inputs: AddedInput[];
  claims: ClaimEvent[];
  /** Only of an application with disputes, in the order of the chain; it has no `claims`. */
  disputes: DisputeEvent[];
  executions: ExecutedOutput[];
}
