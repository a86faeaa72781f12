import { compareBytes } from "../bytes/compareBytes.ts";
import { NarFormatError } from "../nixErrors.ts";
import { MAX_ENTRY_NAME } from "./narLimits.ts";

const NUL = 0;
const DOT = 0x2e;
const SLASH = 0x2f;

/**
 * Checks a name in a directory, and that it comes after the one before it (empty for the first).
 *
 * @throws NarFormatError naming the rule.
 */
export function checkEntryName(name: Uint8Array, previous: Uint8Array, position?: number): void {
  const { length } = name;
  if (length === 0) {
    throw new NarFormatError("an entry's name is empty", position);
  }
  if (length > MAX_ENTRY_NAME) {
    throw new NarFormatError(`an entry's name is longer than ${MAX_ENTRY_NAME} bytes`, position);
  }
  if (name[0] === DOT && (length === 1 || (length === 2 && name[1] === DOT))) {
    throw new NarFormatError('an entry\'s name is "." or ".."', position);
  }
  for (const byte of name) {
    if (byte === SLASH || byte === NUL) {
      throw new NarFormatError('an entry\'s name has "/" or NUL', position);
    }
  }
  if (compareBytes(name, previous) <= 0) {
    throw new NarFormatError("an entry is out of order or there twice", position);
  }
}
