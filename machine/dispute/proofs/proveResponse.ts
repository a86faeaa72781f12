import { concat, hexToBytes } from "viem";
import { CMIO_BUFFER_BYTES, type Emulator, InputTooLongError } from "../../emulator/index.ts";
import { encodePath } from "./encodePath.ts";
import { LEAF_LEVEL, meetingLevel, RECEIVE_BUFFER, STATUS, STATUS_BYTES } from "./stateTree.ts";

/**
 * The proof of the response to a machine that waits for an input of this length.
 *
 * @throws {InputTooLongError} when the input is longer than the machine's receive buffer.
 */
export async function proveResponse(
  machine: Pick<Emulator, "proof" | "readMemory">,
  inputBytes: number,
): Promise<Uint8Array> {
  if (inputBytes > CMIO_BUFFER_BYTES) {
    throw new InputTooLongError(inputBytes, CMIO_BUFFER_BYTES);
  }
  const status = await machine.readMemory(STATUS.address, STATUS_BYTES);
  const { siblings } = await machine.proof(STATUS.address, STATUS.level);
  if (inputBytes === 0) {
    return concat([status, ...encodePath(siblings, STATUS.level)]);
  }
  const level = levelOf(inputBytes);
  const top = meetingLevel(STATUS.address, RECEIVE_BUFFER.address);
  const buffer = await machine.proof(RECEIVE_BUFFER.address, level);
  return concat([
    status,
    hexToBytes(buffer.hash),
    ...encodePath(buffer.siblings.slice(0, top - level), level),
    ...encodePath(siblings, STATUS.level, [top]),
  ]);
}

/** The level of the smallest node that holds so many bytes. */
function levelOf(length: number): number {
  return Math.max(LEAF_LEVEL, Math.ceil(Math.log2(length)));
}
