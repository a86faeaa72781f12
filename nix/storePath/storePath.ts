import { parseBase32 } from "../base32.ts";
import { quote } from "../bytes/quote.ts";
import { Base32FormatError, StorePathFormatError } from "../nixErrors.ts";
import { checkStorePathName, MAX_STORE_PATH_NAME_BYTES } from "./storePathName.ts";

/** The only store whose paths are supported: its folder is part of every digest. */
export const STORE_DIR = "/nix/store";

/** The two parts of `/nix/store/<digest>-<name>`. */
export interface StorePath {
  /** 160 bits, as 32 characters of Nix's base 32. */
  readonly digest: string;
  readonly name: string;
}

const DIGEST_LENGTH = 32;
const PREFIX = `${STORE_DIR}/`;
const NAME_START = PREFIX.length + DIGEST_LENGTH + 1;

/** Bytes of the longest store path. */
export const MAX_STORE_PATH_BYTES = NAME_START + MAX_STORE_PATH_NAME_BYTES;

/**
 * Splits `/nix/store/<digest>-<name>`; paths below a store path are refused.
 *
 * @throws {StorePathFormatError} naming the rule of Nix that the path breaks.
 */
export function parseStorePath(path: string): StorePath {
  if (!path.startsWith(PREFIX)) {
    throw new StorePathFormatError(`${quote(path)} is not in ${STORE_DIR}`);
  }
  if (path.length <= NAME_START) {
    throw new StorePathFormatError(`${quote(path)} is too short`);
  }
  const digest = path.slice(PREFIX.length, NAME_START - 1);
  if (path.charAt(NAME_START - 1) !== "-") {
    throw new StorePathFormatError(`${quote(path)} has no "-" between digest and name`);
  }
  checkDigestText(path, digest);
  const name = path.slice(NAME_START);
  checkStorePathName(name);
  return { digest, name };
}

/** Whether `parseStorePath` accepts the text. */
export function isStorePath(text: string): boolean {
  try {
    parseStorePath(text);
    return true;
  } catch (error) {
    if (error instanceof StorePathFormatError) {
      return false;
    }
    throw error;
  }
}

/** Nix's order of store paths, for `Array.sort`: that of their bytes, all of which are ASCII. */
export function compareStorePaths(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

function checkDigestText(path: string, digest: string): void {
  try {
    parseBase32(digest);
  } catch (error) {
    if (!(error instanceof Base32FormatError)) {
      throw error;
    }
    throw new StorePathFormatError(`the digest of ${quote(path)} is not base 32: ${error.reason}`);
  }
}
