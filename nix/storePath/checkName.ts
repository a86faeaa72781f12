import { quote } from "../bytes/quote.ts";
import { StorePathFormatError } from "../nixErrors.ts";
import { STORE_DIR } from "./storeDir.ts";

/** Characters (bytes) that a store path's name may have. */
export const MAX_STORE_PATH_NAME = 211;

/** Characters (bytes) that a whole store path may have. */
export const MAX_STORE_PATH = STORE_DIR.length + "/".length + 32 + "-".length + MAX_STORE_PATH_NAME;

const ALLOWED = /^[0-9a-zA-Z+\-._?=]*$/;
const DOT_COMPONENT_FIRST = /^\.{1,2}(?:-|$)/;

/**
 * Nix 2.26's rules for the name in a store path: 1 to 211 of `0-9a-zA-Z+-._?=`, and the part before the first
 * dash is neither `.` nor `..`.
 *
 * @throws StorePathFormatError naming the rule.
 */
export function checkStorePathName(name: string): void {
  if (name.length === 0) {
    throw new StorePathFormatError("the name is empty");
  }
  if (name.length > MAX_STORE_PATH_NAME) {
    throw new StorePathFormatError(
      `the name ${quote(name)} is longer than ${MAX_STORE_PATH_NAME} characters`,
    );
  }
  if (!ALLOWED.test(name)) {
    throw new StorePathFormatError(`the name ${quote(name)} has characters other than 0-9a-zA-Z+-._?=`);
  }
  if (DOT_COMPONENT_FIRST.test(name)) {
    throw new StorePathFormatError(`the name ${quote(name)} has "." or ".." before its first dash`);
  }
}
