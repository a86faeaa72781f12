import { quote } from "../bytes/quote.ts";
import { StorePathFormatError } from "../nixErrors.ts";
import { parseStorePath } from "./storePath.ts";

/** Checks that references are store paths, each greater than the one before it. */
export function checkReferences(references: readonly string[]): void {
  let previous = "";
  for (const reference of references) {
    parseStorePath(reference);
    if (reference <= previous) {
      throw new StorePathFormatError(`the reference ${quote(reference)} is out of order or there twice`);
    }
    previous = reference;
  }
}
