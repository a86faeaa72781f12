import { concat } from "viem";
import type { Emulator } from "../../emulator/index.ts";
import { encodePath } from "./encodePath.ts";
import { LEAF_BYTES, LEAF_LEVEL, TRANSMIT_BUFFER } from "./stateTree.ts";

/** The proof of the first leaf of the machine's transmit buffer, where an accepting machine leaves the root of its outputs tree. */
export async function proveOutputsRoot(machine: Pick<Emulator, "proof" | "readMemory">): Promise<Uint8Array> {
  const leaf = await machine.readMemory(TRANSMIT_BUFFER.address, LEAF_BYTES);
  const { siblings } = await machine.proof(TRANSMIT_BUFFER.address, LEAF_LEVEL);
  return concat([leaf, ...encodePath(siblings, LEAF_LEVEL)]);
}
