import { quote } from "../bytes/quote.ts";
import { sha256 } from "../bytes/sha256.ts";
import { hashBytes } from "../hash/hash.ts";
import { narFileContents } from "../nar/narFileContents.ts";
import { ContentMismatchError } from "../nixErrors.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import { type FixedOutput, storePathForFixedOutput } from "../storePath/storePathForFixedOutput.ts";
import { storePathForSource } from "../storePath/storePathForSource.ts";
import { storePathForTextHash } from "../storePath/storePathForText.ts";

/** How a store path's name follows from its content. */
export type ContentAddress =
  /** `.drv` files and `builtins.toFile`: one file and its references. */
  | { readonly kind: "text"; readonly contents: Uint8Array }
  /** A source, or a recursive sha256 fixed output: the whole tree and its references. */
  | { readonly kind: "source"; readonly narSha256: Uint8Array }
  /** A fixed output of another mode or algorithm; it has no references. */
  | { readonly kind: "fixed"; readonly output: FixedOutput };

/** A store path with what its name should follow from, as in an export stream. */
export interface ContentAddressed {
  readonly path: string;
  readonly nar: Uint8Array;
  /** Sorted, without duplicates. */
  readonly references: readonly string[];
}

/**
 * Finds out how a path's name follows from its content, by recomputing the path in each way that binds the content:
 * text, source, and fixed outputs by sha256 and sha512. Fixed outputs by md5 or sha1 are left to `checkFixedOutput`,
 * since only the derivation that declares them can vouch for them. Sources that refer to themselves are never accepted:
 * Nix 2.26 hashes their own digest as zeros, but not where it stood, so the name also fits a tree with zeros there.
 *
 * @returns `undefined` if the name does not follow: an input-addressed path, or a forged one.
 * @throws {NixFormatError} when path, references or NAR are malformed.
 */
export function contentAddressOf(claimed: ContentAddressed): ContentAddress | undefined {
  const { path, nar, references } = claimed;
  const { name } = parseStorePath(path);
  const contents = narFileContents(nar);
  if (references.includes(path)) {
    return undefined;
  }
  if (contents !== undefined) {
    const found = textOrFlat(name, contents, claimed);
    if (found !== undefined) {
      return found;
    }
  }
  const narSha256 = sha256(nar);
  if (path === storePathForSource({ name, narSha256, references })) {
    return { kind: "source", narSha256 };
  }
  return fixedOutput(name, { mode: "recursive", ...hashBytes("sha512", nar) }, claimed);
}

/**
 * `contentAddressOf` for callers that accept nothing else.
 *
 * @throws {ContentMismatchError} when the path's name does not follow from its content and references.
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

function textOrFlat(
  name: string,
  contents: Uint8Array,
  claimed: ContentAddressed,
): ContentAddress | undefined {
  const { path, references } = claimed;
  const sha256 = hashBytes("sha256", contents);
  if (path === storePathForTextHash(name, sha256.digest, references)) {
    return { kind: "text", contents };
  }
  return (
    fixedOutput(name, { mode: "flat", ...sha256 }, claimed) ??
    fixedOutput(name, { mode: "flat", ...hashBytes("sha512", contents) }, claimed)
  );
}

function fixedOutput(
  name: string,
  output: FixedOutput,
  { path, references }: ContentAddressed,
): ContentAddress | undefined {
  const follows = references.length === 0 && path === storePathForFixedOutput({ name, ...output });
  return follows ? { kind: "fixed", output } : undefined;
}
