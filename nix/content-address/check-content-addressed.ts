import { quote } from "../bytes/quote.ts";
import { ContentMismatchError } from "../errors.ts";
import type { ContentAddress, ContentAddressed } from "./content-address.ts";
import { contentAddressOf } from "./content-address-of.ts";

/**
 * `contentAddressOf` for callers that take nothing else.
 *
 * @throws ContentMismatchError when the path's name does not follow from its content and references.
 */
export function checkContentAddressed(claimed: ContentAddressed): ContentAddress {
  const address = contentAddressOf(claimed);
  if (address === undefined) {
    throw new ContentMismatchError(
      `${quote(claimed.path)} is not named by its content: neither text, source nor fixed output gives that name`,
    );
  }
  return address;
}
