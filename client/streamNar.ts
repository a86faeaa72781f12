import { NodeAnswerError } from "./clientErrors.ts";
import { inspect, type MachineAt } from "./queryMachine.ts";

const PAYLOAD_START = '"payload":"0x';

/**
 * Fetches the NAR of a store path from the machine as its bytes come, so that no response is too long for memory. Nothing
 * authenticates them, not even that the machine did not refuse: hash them.
 *
 * @throws {NodeUnreachableError} when nothing answers at the node's address.
 * @throws {NodeAnswerError} when the node refuses, or sends payloads that are not hexadecimal digits.
 */
export async function* streamNar(
  machine: MachineAt,
  path: string,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const response = await inspect(machine, { kind: "nar", path }, signal);
  const decoder = new TextDecoder();
  let isInPayload = false;
  let text = "";
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    for (;;) {
      if (!isInPayload) {
        const start = text.indexOf(PAYLOAD_START);
        if (start === -1) {
          text = text.slice(-(PAYLOAD_START.length - 1));
          break;
        }
        text = text.slice(start + PAYLOAD_START.length);
        isInPayload = true;
      }
      const end = text.indexOf('"');
      const digits = text.slice(0, end === -1 ? text.length - (text.length % 2) : end);
      yield decodeDigits(digits);
      text = text.slice(digits.length);
      if (end === -1) {
        break;
      }
      isInPayload = false;
    }
  }
}

function decodeDigits(digits: string): Uint8Array {
  const bytes = Buffer.from(digits, "hex");
  if (bytes.length * 2 !== digits.length) {
    throw new NodeAnswerError("the node sends a payload that is not hexadecimal digits");
  }
  return bytes;
}
