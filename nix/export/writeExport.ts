import { concatBytes } from "../bytes/concatBytes.ts";
import { encodeExport } from "./encodeExport.ts";
import type { ExportedPath } from "./exportedPath.ts";

/**
 * Writes what `nix-store --export` writes for these paths; `readExport` reads them again, `nix-store --import` takes
 * them. `encodeExport` gives it in pieces.
 *
 * @throws NixFormatError for paths that `readExport` would refuse.
 */
export function writeExport(paths: Iterable<ExportedPath>): Uint8Array {
  return concatBytes([...encodeExport(paths)]);
}
