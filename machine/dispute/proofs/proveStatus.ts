import { concat } from "viem";
import type { Emulator } from "../../emulator/index.ts";
import { encodePath } from "./encodePath.ts";
import { STATUS, STATUS_BYTES } from "./stateTree.ts";

/** The proof of what the machine waits for. */
export async function proveStatus(machine: Pick<Emulator, "proof" | "readMemory">): Promise<Uint8Array> {
  const status = await machine.readMemory(STATUS.address, STATUS_BYTES);
  const { siblings } = await machine.proof(STATUS.address, STATUS.level);
  return concat([status, ...encodePath(siblings, STATUS.level)]);
}
