import type { Address, Hash, Hex } from "viem";

/** The terms of a consensus that lets anybody dispute. Times are in blocks. */
export interface DisputeTerms {
  stepVerifier: Address;
  /** How many inputs an epoch has at most. */
  maxInputs: number;
  claimWindow: number;
  challengeWindow: number;
  clock: number;
  /** In wei. */
  bond: bigint;
}

/** Who decides claims, and what ends an epoch: so many blocks, or a seal. */
export type ConsensusInfo =
  | {
      consensusType: "AUTHORITY" | "QUORUM";
      /** In blocks. */
      epochLength: bigint;
      terms?: never;
    }
  | { consensusType: "DISPUTE"; epochLength?: never; terms: DisputeTerms };

export type ConsensusType = ConsensusInfo["consensusType"];

/** What never changes about an application, read from the chain once. */
export type ApplicationInfo = ConsensusInfo & {
  chainId: bigint;
  genesisHash: Hash;
  address: Address;
  consensus: Address;
  inputBox: Address;
  dataAvailability: Hex;
  templateHash: Hash;
  /** The first block that may hold an input of the application. */
  firstBlock: bigint;
};
