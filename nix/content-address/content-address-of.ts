import { sha256 } from "../bytes/sha256.ts";
import type { HashAlgorithm } from "../hash/algorithm.ts";
import { hashBytes } from "../hash/hash-bytes.ts";
import { narFileContents } from "../nar/nar-file-contents.ts";
import { type FixedOutput, storePathForFixedOutput } from "../store-path/for-fixed-output.ts";
import { storePathForSource } from "../store-path/for-source.ts";
import { storePathForText } from "../store-path/for-text.ts";
import { parseStorePath } from "../store-path/store-path.ts";
import type { ContentAddress, ContentAddressed } from "./content-address.ts";
import { hashNarModuloSelf } from "./hash-nar-modulo-self.ts";

const COLLISION_RESISTANT: readonly HashAlgorithm[] = ["sha256", "sha512"];

/**
 * Finds out how a path's name follows from its content, by recomputing the path in each way that binds the content:
 * text, source, and fixed outputs by sha256 and sha512. Fixed outputs by md5 or sha1 are left to `checkFixedOutput`,
 * since only the derivation that declares them can vouch for those.
 *
 * @returns `undefined` when the name does not follow: an input-addressed path, or a lie.
 * @throws NixFormatError when path, references or NAR are malformed.
 */
export function contentAddressOf({ path, nar, references }: ContentAddressed): ContentAddress | undefined {
  const { digest, name } = parseStorePath(path);
  const contents = narFileContents(nar);
  const others = references.filter((reference) => reference !== path);
  const self = others.length < references.length;

  if (contents !== undefined && !self && path === storePathForText({ name, contents, references })) {
    return { kind: "text", contents };
  }
  const narSha256 = self ? hashNarModuloSelf(nar, digest) : sha256(nar);
  if (path === storePathForSource({ name, narSha256, references: others, self })) {
    return { kind: "source", narSha256, self };
  }
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
