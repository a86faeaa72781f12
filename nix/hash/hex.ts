import { quote } from "../bytes/quote.ts";
import { HashFormatError } from "../nixErrors.ts";

const HEX = /^(?:[0-9a-f]{2}){0,64}$/;

/** Lower-case base 16. */
export function formatHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16);
  }
  return text;
}

/**
 * Reads lower-case base 16 of at most 64 bytes.
 *
 * @throws {HashFormatError} on anything else.
 */
export function parseHex(text: string): Uint8Array {
  if (!HEX.test(text)) {
    throw new HashFormatError(`${quote(text)} is not lower-case base 16`);
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}
