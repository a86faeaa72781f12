import type { Address, Hash, Hex } from "viem";
import type { ProvenOutput } from "./outputsRoot.ts";

/** All that shows what an application's machine built, without the chain: see docs/formats.md#proofs. */
export interface BuildProof {
  readonly chainId: number;
  readonly application: Address;
  readonly templateHash: Hash;
  readonly registry: Address;
  readonly storePath: string;
  /** The voucher that records the output. */
  readonly voucher: ProvenOutput;
  /** The machine's statement about the build; `null` where no node was asked. */
  readonly statement: ProvenOutput | null;
  /** Where the chain accepted the outputs. */
  readonly claims: readonly AcceptedClaim[];
}

/** The event by which a consensus accepted a claim. */
export interface AcceptedClaim {
  readonly consensus: Address;
  readonly outputsMerkleRoot: Hex;
  /** The last block whose inputs the claim covers. */
  readonly lastProcessedBlockNumber: bigint;
  readonly blockNumber: bigint;
  readonly blockHash: Hash;
  readonly transactionHash: Hash;
  readonly logIndex: number;
}
