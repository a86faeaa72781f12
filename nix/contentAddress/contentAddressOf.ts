import { sha256 } from "../bytes/sha256.ts";
import type { HashAlgorithm } from "../hash/algorithm.ts";
import { hashBytes } from "../hash/hashBytes.ts";
import { narFileContents } from "../nar/narFileContents.ts";
import { type FixedOutput, storePathForFixedOutput } from "../storePath/forFixedOutput.ts";
import { storePathForSource } from "../storePath/forSource.ts";
import { storePathForText } from "../storePath/forText.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import type { ContentAddress, ContentAddressed } from "./contentAddress.ts";

const COLLISION_RESISTANT: readonly HashAlgorithm[] = ["sha256", "sha512"];

/**
 * Finds out how a path's name follows from its content, by recomputing the path in each way that binds the content:
 * text, source, and fixed outputs by sha256 and sha512. Fixed outputs by md5 or sha1 are left to `checkFixedOutput`,
 * since only the derivation that declares them can vouch for those. Sources that refer to themselves are never taken:
 * Nix 2.26 hashes their own digest as zeros, but not where it stood, so the name fits a tree with zeros in its place too.
 *
 * @returns `undefined` when the name does not follow: an input-addressed path, or a lie.
 * @throws NixFormatError when path, references or NAR are malformed.
 */
export function contentAddressOf({ path, nar, references }: ContentAddressed): ContentAddress | undefined {
  const { name } = parseStorePath(path);
  const contents = narFileContents(nar);
  if (references.includes(path)) return undefined;

  if (contents !== undefined && path === storePathForText({ name, contents, references })) {
    return { kind: "text", contents };
  }
  const narSha256 = sha256(nar);
  if (path === storePathForSource({ name, narSha256, references })) return { kind: "source", narSha256 };
  if (references.length > 0) return undefined;
  for (const output of fixedOutputs(nar, contents)) {
    if (path === storePathForFixedOutput({ name, ...output })) return { kind: "fixed", output };
  }
  return undefined;
}

function* fixedOutputs(nar: Uint8Array, contents: Uint8Array | undefined): Generator<FixedOutput> {
  for (const algorithm of COLLISION_RESISTANT) {
    if (contents !== undefined) yield { mode: "flat", ...hashBytes(algorithm, contents) };
    if (algorithm !== "sha256") yield { mode: "recursive", ...hashBytes(algorithm, nar) };
  }
}
