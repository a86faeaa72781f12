import type { Hash } from "viem";

/** How far the node is. */
export interface NodeStatus {
  /** The last block that was read. */
  checkedBlock: bigint;
  /** How many inputs the chain holds, as far as it was read. */
  inputs: bigint;
  processedInputs: bigint;
  /** The machine's root hash after the processed inputs. */
  machineHash: Hash;
  /** The input that is being processed. */
  current: { inputIndex: bigint; cycles: bigint; milliseconds: number } | undefined;
}
