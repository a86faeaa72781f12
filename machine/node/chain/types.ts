import type { Address, Hash, Hex } from "viem";

/** Which block the node reads up to: the newest, or one that the chain calls settled. */
export type SafeBlock = "latest" | "safe" | "finalized";

/** What does not change about an application, read from the chain once. */
export interface ApplicationFacts {
  chainId: bigint;
  genesisHash: Hash;
  address: Address;
  consensus: Address;
  consensusType: "AUTHORITY" | "QUORUM";
  inputBox: Address;
  dataAvailability: Hex;
  templateHash: Hash;
  /** In blocks. */
  epochLength: bigint;
  /** The first block that may hold an input of the application. */
  firstBlock: bigint;
}

export interface BlockPoint {
  number: bigint;
  hash: Hash;
}

/** An `InputAdded` event. */
export interface AddedInput {
  index: bigint;
  block: BlockPoint;
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

/** An `OutputExecuted` event. */
export interface ExecutedOutput {
  outputIndex: bigint;
  blockNumber: bigint;
  transactionHash: Hash;
}

/** What some consecutive blocks say about the application, up to and with `upTo`. */
export interface ChainBatch {
  upTo: BlockPoint;
  inputs: AddedInput[];
  claims: ClaimEvent[];
  executions: ExecutedOutput[];
}
