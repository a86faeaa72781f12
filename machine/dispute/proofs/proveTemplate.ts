import { concat } from "viem";
import type { Emulator } from "../../emulator/index.ts";
import { encodePath } from "./encodePath.ts";
import { CONSTANTS, CONSTANTS_BYTES, UARCH } from "./stateTree.ts";

/** The proof that the machine can be an application's template: it accepts, and is of the version that the verifier computes. */
export async function proveTemplate(machine: Pick<Emulator, "proof" | "readMemory">): Promise<Uint8Array> {
  const constants = await machine.readMemory(CONSTANTS.address, CONSTANTS_BYTES);
  const { siblings } = await machine.proof(CONSTANTS.address, CONSTANTS.level);
  return concat([constants, ...encodePath(siblings, CONSTANTS.level, [UARCH.level])]);
}
