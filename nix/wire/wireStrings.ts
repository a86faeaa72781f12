import { concatBytes } from "../bytes/concatBytes.ts";

/** Bytes of a number, and what strings are padded to. */
export const WORD_BYTES = 8;

/** A number as a word, the lowest byte first. */
export function encodeNumber(value: number): Uint8Array {
  const word = new Uint8Array(WORD_BYTES);
  const view = new DataView(word.buffer);
  view.setUint32(0, value % 0x1_0000_0000, true);
  view.setUint32(4, Math.floor(value / 0x1_0000_0000), true);
  return word;
}

/** An ASCII string: its length, its bytes, and zeros up to a whole word. */
export function encodeString(text: string): Uint8Array {
  return concatBytes([encodeNumber(text.length), new TextEncoder().encode(text), encodePadding(text.length)]);
}

/** The zeros after a string of `length` bytes. */
export function encodePadding(length: number): Uint8Array {
  return new Uint8Array(paddingLength(length));
}

/** Bytes between a string of `length` bytes and the next whole word. */
export function paddingLength(length: number): number {
  return (WORD_BYTES - (length % WORD_BYTES)) % WORD_BYTES;
}
