import { createHash } from "node:crypto";
import { MAX_DERIVATION_BYTES, type NarHash } from "../../../nix/index.ts";
import { changedError } from "../nar/readErrors.ts";
import { type ReadOptions, streamTransientNar } from "../nar/streamPathNar.ts";

/** The hashes that names follow from, besides the NAR's sha256. */
export interface Digests {
  readonly narSha512: Uint8Array;
  /** Of the contents, where it is a file that may not be executed. */
  readonly file: FileDigests | undefined;
}

export interface FileDigests {
  readonly sha256: Uint8Array;
  readonly sha512: Uint8Array;
  /** The contents themselves; empty when they are too long for a derivation. */
  readonly contents: Uint8Array;
}

/** Of the NAR of a file that may not be executed, what comes before the contents; a word with their length is the end of it. */
const BEFORE_CONTENTS_BYTES = 96;
const LENGTH_AT = BEFORE_CONTENTS_BYTES - 8;

/**
 * Reads what has this NAR hash once more.
 *
 * @throws {PathChangedError} when it has another by now.
 */
export async function readDigests(
  place: string,
  isPlainFile: boolean,
  nar: NarHash,
  options: ReadOptions,
): Promise<Digests> {
  const narSha256 = createHash("sha256");
  const narSha512 = createHash("sha512");
  const fileSha256 = createHash("sha256");
  const fileSha512 = createHash("sha512");
  const pieces: Uint8Array[] = [];
  let position = 0;
  let contentsEnd = 0;
  for await (const chunk of streamTransientNar(place, options)) {
    narSha256.update(chunk);
    narSha512.update(chunk);
    if (isPlainFile) {
      if (position === 0) {
        contentsEnd = BEFORE_CONTENTS_BYTES + Number(Buffer.from(chunk).readBigUInt64LE(LENGTH_AT));
      }
      const contents = chunk.subarray(
        Math.max(0, BEFORE_CONTENTS_BYTES - position),
        Math.max(0, contentsEnd - position),
      );
      fileSha256.update(contents);
      fileSha512.update(contents);
      if (contentsEnd <= BEFORE_CONTENTS_BYTES + MAX_DERIVATION_BYTES) {
        pieces.push(Uint8Array.from(contents));
      }
    }
    position += chunk.length;
  }
  if (!narSha256.digest().equals(nar.sha256)) {
    throw changedError(place);
  }
  const file = { sha256: fileSha256.digest(), sha512: fileSha512.digest(), contents: Buffer.concat(pieces) };
  return { narSha512: narSha512.digest(), file: isPlainFile ? file : undefined };
}
