import { parseBase32 } from "../base32.ts";
import { quote } from "../bytes/quote.ts";
import { Base32FormatError, StorePathFormatError } from "../nixErrors.ts";
import { checkStorePathName } from "./checkName.ts";
import { STORE_DIR } from "./storeDir.ts";

/** The two parts of `/nix/store/<digest>-<name>`. */
export interface StorePath {
  /** 160 bits, as 32 characters of Nix's base 32. */
  readonly digest: string;
  readonly name: string;
}

const DIGEST_LENGTH = 32;
const PREFIX = `${STORE_DIR}/`;
const NAME_START = PREFIX.length + DIGEST_LENGTH + 1;

/**
 * Takes `/nix/store/<digest>-<name>` apart; nothing may come behind the name.
 *
 * @throws StorePathFormatError naming the rule of Nix that the path breaks.
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

function checkDigestText(path: string, digest: string): void {
  try {
    parseBase32(digest);
  } catch (error) {
    if (!(error instanceof Base32FormatError)) {
      throw error;
    }
    throw new StorePathFormatError(`${quote(path)} has no base 32 digest: ${error.reason}`);
  }
}
