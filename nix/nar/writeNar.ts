import { concatBytes } from "../bytes/concatBytes.ts";
import { encodeNar } from "./encodeNar.ts";
import type { NarNode } from "./narNode.ts";

/**
 * Writes a tree as a NAR; `readNar` reads the same tree from it. `encodeNar` gives it in pieces.
 *
 * @throws NarFormatError for names and targets that a NAR cannot have, and for unsorted or double entries.
 */
export function writeNar(root: NarNode): Uint8Array {
  return concatBytes([...encodeNar(root)]);
}
