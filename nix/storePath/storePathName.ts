import { quote } from "../bytes/quote.ts";
import { StorePathFormatError } from "../nixErrors.ts";

/** Bytes of the longest name. */
export const MAX_STORE_PATH_NAME_BYTES = 211;

const ALLOWED = /^[0-9a-zA-Z+\-._?=]*$/;
const STARTS_WITH_DOT_COMPONENT = /^\.{1,2}(?:-|$)/;

/**
 * Nix 2.26's rules for the name in a store path: 1 to 211 of `0-9a-zA-Z+-._?=`, and the part before the first
 * dash is neither `.` nor `..`.
 *
 * @throws {StorePathFormatError} naming the rule.
 */
export function checkStorePathName(name: string): void {
  if (name.length === 0) {
    throw new StorePathFormatError("the name is empty");
  }
  if (name.length > MAX_STORE_PATH_NAME_BYTES) {
    throw new StorePathFormatError(
      `the name ${quote(name)} is longer than ${MAX_STORE_PATH_NAME_BYTES} characters`,
    );
  }
  if (!ALLOWED.test(name)) {
    throw new StorePathFormatError(`the name ${quote(name)} has characters other than 0-9a-zA-Z+-._?=`);
  }
  if (STARTS_WITH_DOT_COMPONENT.test(name)) {
    throw new StorePathFormatError(`the name ${quote(name)} has "." or ".." before its first dash`);
  }
}
