import { SourceError } from "../substituterErrors.ts";

/**
 * Reads a body of bounded length.
 *
 * @throws {SourceError} when it is longer.
 */
export async function readAtMost(response: Response, maxBytes: number, url: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > maxBytes) {
      throw new SourceError(`the answer of ${url} is longer than ${maxBytes} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
