import { compareBytes } from "../bytes/compareBytes.ts";
import { quote } from "../bytes/quote.ts";
import { formatHash } from "../hash/formatHash.ts";
import { hashBytes } from "../hash/hash.ts";
import { narFileContents } from "../nar/narFileContents.ts";
import { validateNar } from "../nar/validateNar.ts";
import { ContentMismatchError } from "../nixErrors.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import { type FixedOutput, storePathForFixedOutput } from "../storePath/storePathForFixedOutput.ts";
import type { ContentAddressed } from "./contentAddress.ts";

/**
 * Checks a path against the fixed output that a derivation declares: its content has the declared hash, its name
 * follows from the declaration, and it has no references.
 *
 * @param declared the `output` of `derivationType`, of a derivation whose own path was checked.
 * @throws {ContentMismatchError} naming what differs.
 */
export function checkFixedOutput({ path, nar, references }: ContentAddressed, declared: FixedOutput): void {
  const { name } = parseStorePath(path);
  const expected = storePathForFixedOutput({ name, ...declared });
  if (expected !== path) {
    throw new ContentMismatchError(`the fixed output ${quote(name)} has the path ${expected}, not ${path}`);
  }
  if (references.length > 0) {
    throw new ContentMismatchError(`the fixed output ${path} has references`);
  }
  const actual = hashBytes(declared.algorithm, hashedBytes(path, nar, declared));
  if (compareBytes(actual.digest, declared.digest) !== 0) {
    throw new ContentMismatchError(
      `the fixed output ${path} has the hash ${formatHash(actual, "sri")}, not ${formatHash(declared, "sri")}`,
    );
  }
}

function hashedBytes(path: string, nar: Uint8Array, { mode }: FixedOutput): Uint8Array {
  if (mode === "recursive") {
    validateNar(nar);
    return nar;
  }
  const contents = narFileContents(nar);
  if (contents === undefined) {
    throw new ContentMismatchError(`the fixed output ${path} is not a single non-executable file`);
  }
  return contents;
}
