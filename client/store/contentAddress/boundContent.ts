import {
  type FixedOutputMode,
  type Hash,
  HashFormatError,
  parseHash,
  parseStorePath,
  storePathForFixedOutput,
  storePathForSource,
} from "../../../nix/index.ts";
import { storePathForTextHash } from "../../../nix/storePath/storePathForText.ts";
import type { LocalContentAddress } from "./localContentAddress.ts";

/** The content that the name of a store path stands for. */
export interface BoundContent extends Hash {
  readonly kind: LocalContentAddress["kind"];
  /** `flat`: the hash is that of one file, not executable; `recursive`: that of the NAR. */
  readonly mode: FixedOutputMode;
  readonly algorithm: "sha256" | "sha512";
}

/** A store path with what somebody says that its name follows from. */
export interface StatedContent {
  readonly path: string;
  /** As Nix writes it: `text:sha256:…`, `fixed:sha256:…`, `fixed:r:sha256:…`. */
  readonly contentAddress: string;
  /** Sorted, without duplicates. */
  readonly references: readonly string[];
}

const SHAPE = /^(text|fixed:r|fixed):((sha256|sha512):.*)$/;

/**
 * Finds out whether the name of a store path follows from a stated content address and references. If so, its content is right exactly if it
 * has this hash, and nobody's word is needed. md5 and sha1 bind nothing, and a source that refers to itself is not bound as a whole.
 */
export function boundContent({ path, contentAddress, references }: StatedContent): BoundContent | undefined {
  const [, method, hashText, algorithm] = SHAPE.exec(contentAddress) ?? [];
  const hash = hashText === undefined ? undefined : parsedHash(hashText);
  if (hash === undefined || (algorithm !== "sha256" && algorithm !== "sha512") || references.includes(path)) {
    return undefined;
  }
  const { name } = parseStorePath(path);
  const { digest } = hash;
  if (method === "text") {
    const isBound = algorithm === "sha256" && storePathForTextHash(name, digest, references) === path;
    return isBound ? { kind: "text", mode: "flat", algorithm, digest } : undefined;
  }
  const mode = method === "fixed:r" ? "recursive" : "flat";
  if (mode === "recursive" && algorithm === "sha256") {
    const isBound = storePathForSource({ name, narSha256: digest, references }) === path;
    return isBound ? { kind: "source", mode, algorithm, digest } : undefined;
  }
  const isBound =
    references.length === 0 && storePathForFixedOutput({ name, mode, algorithm, digest }) === path;
  return isBound ? { kind: "fixed", mode, algorithm, digest } : undefined;
}

function parsedHash(text: string): Hash | undefined {
  try {
    return parseHash(text);
  } catch (error) {
    if (error instanceof HashFormatError) {
      return undefined;
    }
    throw error;
  }
}
