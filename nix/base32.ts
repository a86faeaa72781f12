import { quote } from "./bytes/quote.ts";
import { Base32FormatError } from "./nixErrors.ts";

const ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz";
const MAX_CHARACTERS = 1024;

const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

/** Nix's base 32: its own alphabet, the last digit first, no padding. Meant for hashes, not for files. */
export function formatBase32(bytes: Uint8Array): string {
  let text = "";
  for (let digit = encodedLength(bytes.length) - 1; digit >= 0; digit--) {
    const { index, shift } = bitsOf(digit);
    const low = (bytes[index] as number) >> shift;
    const high = (bytes[index + 1] ?? 0) << (8 - shift);
    text += ALPHABET[(low | high) & 0x1f];
  }
  return text;
}

/**
 * Reads exactly what `formatBase32` returns.
 *
 * @throws {Base32FormatError} on a character outside the alphabet, an impossible length, or bits after the last byte.
 */
export function parseBase32(text: string): Uint8Array {
  const size = Math.floor((text.length * 5) / 8);
  if (text.length > MAX_CHARACTERS) {
    throw new Base32FormatError(`longer than ${MAX_CHARACTERS} characters`);
  }
  if (encodedLength(size) !== text.length) {
    throw new Base32FormatError(`${text.length} characters do not encode a whole number of bytes`);
  }
  const bytes = new Uint8Array(size);
  for (let digit = 0; digit < text.length; digit++) {
    const position = text.length - 1 - digit;
    const value = VALUES.get(text.charAt(position));
    if (value === undefined) {
      throw new Base32FormatError(`${quote(text.charAt(position))} is not a base 32 digit`, position);
    }
    const { index, shift } = bitsOf(digit);
    const carry = value >> (8 - shift);
    bytes[index] = (bytes[index] as number) | (value << shift);
    if (index + 1 < size) {
      bytes[index + 1] = carry;
    } else if (carry !== 0) {
      throw new Base32FormatError("non-zero bits after the last byte", position);
    }
  }
  return bytes;
}

function encodedLength(size: number): number {
  return Math.ceil((size * 8) / 5);
}

function bitsOf(digit: number): { index: number; shift: number } {
  const bit = digit * 5;
  return { index: bit >> 3, shift: bit & 7 };
}
