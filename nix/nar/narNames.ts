import { compareBytes } from "../bytes/compareBytes.ts";
import { NarFormatError } from "../nixErrors.ts";
import { MAX_ENTRY_NAME_BYTES, MAX_SYMLINK_TARGET_BYTES } from "./narLimits.ts";

const NUL = 0;
const DOT = 0x2e;
const SLASH = 0x2f;

/** What the first name of a directory is compared with. */
export const NO_NAME = new Uint8Array(0);

/**
 * Checks an entry's name, and that it sorts after the one before it.
 *
 * @throws {NarFormatError} naming the rule.
 */
export function checkEntryName(name: Uint8Array, previous: Uint8Array, position?: number): void {
  const { length } = name;
  if (length === 0) {
    throw new NarFormatError("an entry name is empty", position);
  }
  if (length > MAX_ENTRY_NAME_BYTES) {
    throw new NarFormatError(`an entry name is longer than ${MAX_ENTRY_NAME_BYTES} bytes`, position);
  }
  if (name[0] === DOT && (length === 1 || (length === 2 && name[1] === DOT))) {
    throw new NarFormatError('an entry name is "." or ".."', position);
  }
  for (const byte of name) {
    if (byte === SLASH || byte === NUL) {
      throw new NarFormatError('an entry name contains "/" or NUL', position);
    }
  }
  if (compareBytes(name, previous) <= 0) {
    throw new NarFormatError("unsorted or duplicate entry", position);
  }
}

/** @throws {NarFormatError} if no file system could hold a symlink to this target. */
export function checkSymlinkTarget(target: Uint8Array, position?: number): void {
  if (target.length === 0) {
    throw new NarFormatError("a symlink target is empty", position);
  }
  if (target.length > MAX_SYMLINK_TARGET_BYTES) {
    throw new NarFormatError(`a symlink target is longer than ${MAX_SYMLINK_TARGET_BYTES} bytes`, position);
  }
  if (target.includes(NUL)) {
    throw new NarFormatError("a symlink target contains NUL", position);
  }
}
