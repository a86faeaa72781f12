import { GuestProtocolError } from "./errors.ts";
import { readMemory } from "./memory.ts";
import type { RpcClient } from "./rpc/client.ts";
import { decodeU64 } from "./rpc/decode.ts";
import type { RunResult } from "./types.ts";

/** Where the machine receives inputs and leaves its outputs, each of {@link CMIO_BUFFER_BYTES}. */
const TX_BUFFER = 0x6080_0000n;
export const CMIO_BUFFER_BYTES = 2 * 1024 * 1024;

const AUTOMATIC_PROGRESS = 1n;

/** Reads what a machine that yielded wants, from the host-target interface's `tohost` register and the TX buffer. */
export async function readYield(
  rpc: RpcClient,
  kind: "yielded-manual" | "yielded-automatic",
): Promise<Extract<RunResult, { data: Uint8Array }>> {
  const register = (name: string) => rpc.call("machine.read_reg", [`htif_tohost_${name}`], decodeU64);
  const reason = await register("reason");
  const length = await register("data");
  if (kind === "yielded-automatic" && reason === AUTOMATIC_PROGRESS) {
    return { kind, reason: Number(reason), data: new Uint8Array() };
  }
  if (length > CMIO_BUFFER_BYTES) {
    throw new GuestProtocolError(`it announced ${length} bytes in a buffer of ${CMIO_BUFFER_BYTES}`);
  }
  return { kind, reason: Number(reason), data: await readMemory(rpc, TX_BUFFER, Number(length)) };
}

/** The exit code of a halted machine: `tohost` holds `code << 1 | 1`. */
export async function readExitCode(rpc: RpcClient): Promise<number> {
  const tohost = await rpc.call("machine.read_reg", ["htif_tohost"], decodeU64);
  return Number((tohost & 0xffff_ffff_ffffn) >> 1n);
}
