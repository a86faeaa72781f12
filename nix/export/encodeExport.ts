import { concatBytes } from "../bytes/concatBytes.ts";
import { validateNar } from "../nar/validateNar.ts";
import { checkReferences } from "../storePath/checkReferences.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import { encodeNumber, encodeString } from "../wire/wireStrings.ts";
import type { ExportedPath } from "./exportedPath.ts";
import { ExportOrder } from "./exportOrder.ts";
import { END, NEXT_PATH, NO_SIGNATURE, PATH_MAGIC } from "./exportTokens.ts";

/**
 * Encodes what `nix-store --export` writes for these paths; `decodeExport` and `nix-store --import` read it.
 *
 * @throws {NixFormatError} for paths that `decodeExport` would refuse.
 */
export function encodeExport(paths: Iterable<ExportedPath>): Uint8Array {
  return concatBytes([...encodePaths(paths)]);
}

function* encodePaths(paths: Iterable<ExportedPath>): Generator<Uint8Array, void, void> {
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
    encodeString(path),
    encodeNumber(references.length),
    ...references.map(encodeString),
    encodeString(deriver ?? ""),
    NO_SIGNATURE,
  ]);
}
