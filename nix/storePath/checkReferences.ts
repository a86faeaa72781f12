import { quote } from "../bytes/quote.ts";
import { StorePathFormatError } from "../nixErrors.ts";
import { parseStorePath } from "./storePath.ts";

/**
 * Checks that references are store paths in ascending order.
 *
 * @throws {StorePathFormatError} naming the first one that is not.
 */
export function checkReferences(references: readonly string[]): void {
  let previous = "";
  for (const reference of references) {
    parseStorePath(reference);
    if (reference <= previous) {
      throw new StorePathFormatError(`the reference ${quote(reference)} is unsorted or duplicate`);
    }
    previous = reference;
  }
}
