import type { Address, Hash, Hex } from "viem";

export type ConsensusType = "AUTHORITY" | "QUORUM";

/** What never changes about an application, read from the chain once. */
export interface ApplicationInfo {
  chainId: bigint;
  genesisHash: Hash;
  address: Address;
  consensus: Address;
  consensusType: ConsensusType;
  inputBox: Address;
  dataAvailability: Hex;
  templateHash: Hash;
  /** In blocks. */
  epochLength: bigint;
  /** The first block that may hold an input of the application. */
  firstBlock: bigint;
}
