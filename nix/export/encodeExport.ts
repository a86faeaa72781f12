import { concatBytes } from "../bytes/concatBytes.ts";
import { encodeExportChunks } from "./encodeExportChunks.ts";
import type { ExportedPath } from "./exportedPath.ts";

/**
 * Writes what `nix-store --export` writes for these paths; `decodeExport` reads them again, `nix-store --import` takes
 * them. `encodeExportChunks` gives it in pieces.
 *
 * @throws NixFormatError for paths that `decodeExport` would refuse.
 */
export function encodeExport(paths: Iterable<ExportedPath>): Uint8Array {
  return concatBytes([...encodeExportChunks(paths)]);
}
