import { concatBytes } from "../bytes/concat-bytes.ts";
import { encodeExport } from "./encode-export.ts";
import type { ExportedPath } from "./exported-path.ts";

/**
 * Writes what `nix-store --export` writes for these paths; `readExport` reads them again, `nix-store --import` takes
 * them. `encodeExport` gives it in pieces.
 *
 * @throws NixFormatError for paths that `readExport` would refuse.
 */
export function writeExport(paths: Iterable<ExportedPath>): Uint8Array {
  return concatBytes([...encodeExport(paths)]);
}
