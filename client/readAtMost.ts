import { concatBytes } from "viem";
import { NodeAnswerError } from "./clientErrors.ts";

/**
 * Reads a body of bounded length.
 *
 * @throws {NodeAnswerError} when it is longer.
 */
export async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > maxBytes) {
      throw new NodeAnswerError(`the answer of ${response.url} is longer than ${maxBytes} bytes`);
    }
    pieces.push(piece);
  }
  return concatBytes(pieces);
}
