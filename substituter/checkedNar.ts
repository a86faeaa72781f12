import { createHash } from "node:crypto";
import type { AcceptedOutput } from "./acceptedOutput.ts";
import { checkContent } from "./contentCheck.ts";
import { narInfoFingerprint } from "./narInfo/formatNarInfo.ts";
import { ReferenceScan } from "./referenceScan.ts";
import { WrongNarError, WrongReferencesError } from "./substituterErrors.ts";

/**
 * Passes on a NAR while it is hashed. The last piece is held back until length, hash and references are known to be right, so that nobody can
 * take wrong bytes for a whole NAR.
 *
 * @param from Names the source, for messages.
 * @throws {WrongNarError} when the NAR is not the accepted one.
 * @throws {WrongReferencesError} when it is, but its references are not the stated ones.
 */
export async function* checkedNar(
  output: AcceptedOutput,
  nar: AsyncIterable<Uint8Array>,
  from: () => string,
): AsyncGenerator<Uint8Array> {
  const { storePath, narHash, narSize } = output;
  const hash = createHash("sha256");
  const scan = output.hasStatedReferences ? new ReferenceScan(output) : undefined;
  const content = output.boundContent && checkContent(output.boundContent);
  let length = 0;
  let last: Uint8Array | undefined;
  for await (const piece of nar) {
    length += piece.length;
    if (length > narSize) {
      throw new WrongNarError(
        `the NAR of ${storePath} from ${from()} is longer than the accepted ${narSize} bytes`,
      );
    }
    hash.update(piece);
    scan?.push(piece);
    content?.push(piece);
    if (last !== undefined) {
      yield last;
    }
    last = piece;
  }
  if (length !== narSize || !hash.digest().equals(narHash)) {
    throw new WrongNarError(`the NAR of ${storePath} from ${from()} is not the accepted one`, {
      details: `it has ${length} bytes, the accepted one has ${narSize}`,
    });
  }
  if (content?.end() === false) {
    throw new WrongNarError(`the NAR of ${storePath} from ${from()} is not what its name stands for`);
  }
  const difference = scan?.end();
  if (difference !== undefined) {
    throw new WrongReferencesError(`the references of ${storePath} are not what a cache states`, {
      fingerprint: narInfoFingerprint(output),
      details:
        difference.absent === undefined
          ? `its NAR names /nix/store/${difference.unstated}-…, which is not stated`
          : `its NAR does not contain the stated ${difference.absent}`,
    });
  }
  if (last !== undefined) {
    yield last;
  }
}
