import { quote } from "../bytes/quote.ts";
import { ContentMismatchError } from "../nixErrors.ts";
import type { ContentAddress, ContentAddressed } from "./contentAddress.ts";
import { contentAddressOf } from "./contentAddressOf.ts";

/**
 * `contentAddressOf` for callers that take nothing else.
 *
 * @throws ContentMismatchError when the path's name does not follow from its content and references.
 */
export function checkContentAddressed(claimed: ContentAddressed): ContentAddress {
  const address = contentAddressOf(claimed);
  if (address !== undefined) {
    return address;
  }
  const reason = `the name of ${quote(claimed.path)} does not follow from its content as text, source or fixed output`;
  const refersToItself = claimed.references.includes(claimed.path);
  throw new ContentMismatchError(refersToItself ? `${reason}, since it refers to itself` : reason);
}
