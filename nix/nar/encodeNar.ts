import { concatBytes } from "../bytes/concatBytes.ts";
import { encodeNarChunks } from "./encodeNarChunks.ts";
import type { NarNode } from "./narNode.ts";

/**
 * Writes a tree as a NAR; `decodeNar` reads the same tree from it. `encodeNarChunks` gives it in pieces.
 *
 * @throws NarFormatError for names and targets that a NAR cannot have, and for unsorted or double entries.
 */
export function encodeNar(root: NarNode): Uint8Array {
  return concatBytes([...encodeNarChunks(root)]);
}
