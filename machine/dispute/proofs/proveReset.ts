import { concat, hexToBytes } from "viem";
import type { Emulator } from "../../emulator/index.ts";
import { encodePath } from "./encodePath.ts";
import { UARCH } from "./stateTree.ts";

/** The proof of the reset of the machine's microarchitecture. */
export async function proveReset(machine: Pick<Emulator, "proof">): Promise<Uint8Array> {
  const { hash, siblings } = await machine.proof(UARCH.address, UARCH.level);
  return concat([hexToBytes(hash), ...encodePath(siblings, UARCH.level)]);
}
