import { concatBytes } from "../bytes/concatBytes.ts";
import { lengthWord, narString } from "../nar/tokens.ts";
import { validateNar } from "../nar/validateNar.ts";
import { checkReferences } from "../storePath/checkReferences.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import type { ExportedPath } from "./exportedPath.ts";
import { ExportOrder } from "./exportOrder.ts";
import { END, NEXT_PATH, NO_SIGNATURE, PATH_MAGIC } from "./words.ts";

/**
 * Writes an export stream in pieces, of which the archives are the given ones, not copies.
 *
 * @throws NixFormatError for paths that `decodeExport` would refuse.
 */
export function* encodeExportChunks(paths: Iterable<ExportedPath>): Generator<Uint8Array, void, void> {
  const order = new ExportOrder();
  for (const exported of paths) {
    validateNar(exported.nar);
    order.add(exported);
    yield NEXT_PATH;
    yield exported.nar;
    yield encodeMetadata(exported);
  }
  yield END;
}

function encodeMetadata({ path, references, deriver }: ExportedPath): Uint8Array {
  parseStorePath(path);
  checkReferences(references);
  if (deriver !== undefined) {
    parseStorePath(deriver);
  }
  return concatBytes([
    PATH_MAGIC,
    narString(path),
    lengthWord(references.length),
    ...references.map(narString),
    narString(deriver ?? ""),
    NO_SIGNATURE,
  ]);
}
