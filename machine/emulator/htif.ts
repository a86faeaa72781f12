import type { Emulator, YieldResult } from "./emulator.ts";

type Machine = Pick<Emulator, "readRegister" | "readMemory">;

/** The physical address of the transmit buffer. The receive buffer has the same length. */
const TX_BUFFER_ADDRESS = 0x6080_0000n;
export const CMIO_BUFFER_BYTES = 2 * 1024 * 1024;

const AUTOMATIC_PROGRESS = 1n;

/** Reads why a machine yielded, and its data, from the host-target interface's `tohost` register and the transmit buffer. */
export async function readYield(machine: Machine, kind: YieldResult["kind"]): Promise<YieldResult> {
  const reason = await machine.readRegister("htif_tohost_reason");
  if (kind === "yielded-automatic" && reason === AUTOMATIC_PROGRESS) {
    return { kind, reason: Number(reason), data: new Uint8Array() };
  }
  const length = await machine.readRegister("htif_tohost_data");
  if (length > CMIO_BUFFER_BYTES) {
    return { kind, reason: Number(reason), data: undefined };
  }
  return { kind, reason: Number(reason), data: await machine.readMemory(TX_BUFFER_ADDRESS, Number(length)) };
}

/** The exit code of a halted machine: `tohost` holds `code << 1 | 1`. */
export async function readExitCode(machine: Machine): Promise<number> {
  const tohost = await machine.readRegister("htif_tohost");
  return Number((tohost & 0xffff_ffff_ffffn) >> 1n);
}
