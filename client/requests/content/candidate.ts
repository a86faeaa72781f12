import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { handlerLimits } from "../../../machine/handler/index.ts";
import { encodeNar, type FixedOutput, type HashAlgorithm } from "../../../nix/index.ts";
import { streamPathNar } from "../../store/index.ts";
import { ContentTooLargeError } from "../requestErrors.ts";

/** What a candidate's bytes are read as: the content of a file, an executable file, or whatever is there. */
type Form = "file" | "executable" | "tree";

/** A file or folder on this computer that may be the content of a fixed output. */
export interface Candidate {
  readonly place: string;
  readonly form: Form;
}

/** The ways in which what is at a place can be the content of an output of this kind. */
export async function candidatesAt(place: string, { mode }: Pick<FixedOutput, "mode">): Promise<Candidate[]> {
  const isFile = (await stat(place)).isFile();
  if (mode === "flat") {
    return isFile ? [{ place, form: "file" }] : [];
  }
  // a download's permissions are lost, and whether it should be executable shows in its hash alone
  return isFile
    ? [
        { place, form: "file" },
        { place, form: "executable" },
      ]
    : [{ place, form: "tree" }];
}

/** The digest by which a derivation would declare a candidate, in hexadecimal digits. */
export async function digestOf(
  candidate: Candidate,
  mode: FixedOutput["mode"],
  algorithm: HashAlgorithm,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash(algorithm);
  const { place, form } = candidate;
  const chunks =
    mode === "flat"
      ? createReadStream(place, { signal })
      : form === "tree"
        ? streamPathNar(place, { signal })
        : [await narOf(candidate, signal)];
  for await (const chunk of chunks) {
    hash.update(chunk);
  }
  return hash.digest("hex");
}

/**
 * A candidate's NAR, in memory.
 *
 * @throws {ContentTooLargeError} when no request can bring it.
 */
export async function narOf(
  { place, form }: Candidate,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (form !== "tree") {
    requireSize(place, (await stat(place)).size);
    const contents = await readFile(place, { signal });
    return encodeNar({ kind: "regular", executable: form === "executable", contents });
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of streamPathNar(place, { signal })) {
    size += piece.length;
    requireSize(place, size);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function requireSize(place: string, bytes: number): void {
  const limit = handlerLimits.MAX_BUNDLE_BYTES;
  if (bytes > limit) {
    throw new ContentTooLargeError(
      `${place} has more than ${limit} bytes, which is all that a request can bring`,
      {
        docs: "docs/limits.md",
      },
    );
  }
}
