import { lstat } from "node:fs/promises";
import {
  DerivationFormatError,
  type FixedOutput,
  type NarHash,
  parseDerivation,
  parseStorePath,
  referencesOfDerivation,
  storePathForFixedOutput,
  storePathForSource,
} from "../../../nix/index.ts";
import { storePathForTextHash } from "../../../nix/storePath/storePathForText.ts";
import { unreadableError } from "../nar/readErrors.ts";
import type { ReadOptions } from "../nar/streamPathNar.ts";
import { type Digests, type FileDigests, readDigests } from "./readDigests.ts";

/** How the name of a store path follows from its content, and the references that it binds as well. */
export type LocalContentAddress =
  /** A derivation, or a file of `builtins.toFile`. */
  | { readonly kind: "text"; readonly references: readonly string[] }
  /** A source, or a recursive sha256 fixed output. */
  | { readonly kind: "source"; readonly references: readonly string[] }
  /** A fixed output of another mode or algorithm. */
  | { readonly kind: "fixed"; readonly references: readonly []; readonly output: FixedOutput };

/** A store path with what its name should follow from. */
export interface LocalContent {
  readonly path: string;
  /** Where it is on this computer. */
  readonly place: string;
  /** Sorted, without duplicates. */
  readonly references: readonly string[];
  /** The NAR hash of what is there. */
  readonly nar: NarHash;
}

const OWNER_MAY_EXECUTE = 0o100;

/**
 * Finds out whether the name of a store path follows from what is on the disk, as `contentAddressOf` does of a NAR in memory: texts,
 * sources, and fixed outputs by sha256 and sha512. For such a path nobody's word is needed.
 *
 * References that were found by scanning may be more than the name binds. So it is also tried without any, and those of a derivation
 * are taken from the derivation.
 *
 * @returns `undefined` if the name does not follow: it was built, or is not what it says.
 * @throws {PathChangedError} when what is there does not have the NAR hash any more.
 * @throws {UnreadablePathError} when it may not be read.
 */
export async function localContentAddress(
  { path, place, references, nar }: LocalContent,
  options: ReadOptions = {},
): Promise<LocalContentAddress | undefined> {
  if (references.includes(path)) {
    return undefined;
  }
  const { name } = parseStorePath(path);
  const variants = references.length > 0 ? [references, []] : [[]];
  const source = variants.find(
    (variant) => storePathForSource({ name, narSha256: nar.sha256, references: variant }) === path,
  );
  if (source !== undefined) {
    return { kind: "source", references: source };
  }
  const isPlainFile = await isFileWithoutExecution(place);
  if (!isPlainFile && references.length > 0) {
    return undefined; // the sha256 of its NAR was all that its name could follow from
  }
  const digests = await readDigests(place, isPlainFile, nar, options);
  const text = digests.file && textReferences(path, name, digests.file, variants);
  if (text !== undefined) {
    return { kind: "text", references: text };
  }
  const output = fixedOutputsOf(digests).find((one) => storePathForFixedOutput({ name, ...one }) === path);
  return output && { kind: "fixed", references: [], output };
}

async function isFileWithoutExecution(place: string): Promise<boolean> {
  const stats = await lstat(place).catch((error: unknown) => {
    throw unreadableError(place, error);
  });
  return stats.isFile() && (stats.mode & OWNER_MAY_EXECUTE) === 0;
}

function textReferences(
  path: string,
  name: string,
  { sha256, contents }: FileDigests,
  variants: readonly (readonly string[])[],
): readonly string[] | undefined {
  const declared = name.endsWith(".drv") ? declaredReferences(contents) : undefined;
  const possible = declared === undefined ? variants : [declared];
  return possible.find((variant) => storePathForTextHash(name, sha256, variant) === path);
}

function declaredReferences(drv: Uint8Array): string[] | undefined {
  try {
    return referencesOfDerivation(parseDerivation(drv));
  } catch (error) {
    if (error instanceof DerivationFormatError) {
      return undefined;
    }
    throw error;
  }
}

function fixedOutputsOf({ narSha512, file }: Digests): FixedOutput[] {
  const recursive: FixedOutput = { mode: "recursive", algorithm: "sha512", digest: narSha512 };
  return file === undefined
    ? [recursive]
    : [
        { mode: "flat", algorithm: "sha256", digest: file.sha256 },
        { mode: "flat", algorithm: "sha512", digest: file.sha512 },
        recursive,
      ];
}
