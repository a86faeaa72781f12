import { quote } from "../bytes/quote.ts";
import { StorePathFormatError } from "../nixErrors.ts";
import { checkStorePathName } from "../storePath/checkName.ts";
import { parseStorePath } from "../storePath/storePath.ts";

const EXTENSION = ".drv";

/** The derivation's name in its path: `hello-2.10` for `/nix/store/…-hello-2.10.drv`. */
export function derivationName(drvPath: string): string {
  const { name } = parseStorePath(drvPath);
  if (!name.endsWith(EXTENSION)) {
    throw new StorePathFormatError(`${quote(drvPath)} is no derivation`);
  }
  const derivation = name.slice(0, -EXTENSION.length);
  checkStorePathName(derivation);
  return derivation;
}
