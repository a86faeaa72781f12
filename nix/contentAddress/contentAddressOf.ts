import { sha256 } from "../bytes/sha256.ts";
import { hashBytes } from "../hash/hashBytes.ts";
import { narFileContents } from "../nar/narFileContents.ts";
import { type FixedOutput, storePathForFixedOutput } from "../storePath/forFixedOutput.ts";
import { storePathForSource } from "../storePath/forSource.ts";
import { storePathForTextHash } from "../storePath/forText.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import type { ContentAddress, ContentAddressed } from "./contentAddress.ts";

/**
 * Finds out how a path's name follows from its content, by recomputing the path in each way that binds the content:
 * text, source, and fixed outputs by sha256 and sha512. Fixed outputs by md5 or sha1 are left to `checkFixedOutput`,
 * since only the derivation that declares them can vouch for those. Sources that refer to themselves are never taken:
 * Nix 2.26 hashes their own digest as zeros, but not where it stood, so the name fits a tree with zeros in its place too.
 *
 * @returns `undefined` when the name does not follow: an input-addressed path, or a lie.
 * @throws NixFormatError when path, references or NAR are malformed.
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
