import type { Hash } from "viem";
import { readApplicationState } from "../store/applicationTable.ts";
import { inputCount, machineHashAfter, processedInputCount } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";

/** How far the node has got. */
export interface NodeStatus {
  /** The last block that was read. */
  checkedBlock: bigint;
  /** How many inputs the application has, in the blocks read so far. */
  inputs: bigint;
  processedInputs: bigint;
  /** The machine's root hash after the processed inputs. */
  machineHash: Hash;
  /** The input that is being processed. */
  current: { inputIndex: bigint; cycles: bigint; milliseconds: number } | undefined;
}

export function readNodeStatus(store: Store, current: NodeStatus["current"]): NodeStatus {
  const processedInputs = processedInputCount(store);
  return {
    checkedBlock: readApplicationState(store).checkedBlock,
    inputs: inputCount(store),
    processedInputs,
    machineHash: machineHashAfter(store, processedInputs),
    current,
  };
}
