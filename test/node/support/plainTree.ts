import { type Hex, keccak256 } from "viem";

const HEIGHT = 63;
const EMPTY_LEAF: Hex = `0x${"00".repeat(32)}`;

/** The outputs root, computed level by level over all leaves: a slow and simple reference. */
export function plainRoot(leaves: readonly Hex[]): Hex {
  return levelsOf(leaves)[HEIGHT]!.at(0);
}

/** The siblings of a leaf in the reference tree. */
export function plainProof(leaves: readonly Hex[], index: number): Hex[] {
  return levelsOf(leaves)
    .slice(0, HEIGHT)
    .map((level, height) => level.at(Math.floor(index / 2 ** height) ^ 1));
}

/** Computes the root from a leaf and its siblings, bottom up. */
export function foldProof(leaf: Hex, index: number, siblings: readonly Hex[]): Hex {
  return siblings.reduce((hash, sibling, height) => {
    const isRight = Math.floor(index / 2 ** height) % 2 === 1;
    return isRight ? join(sibling, hash) : join(hash, sibling);
  }, leaf);
}

function levelsOf(leaves: readonly Hex[]): { at(index: number): Hex }[] {
  let hashes = [...leaves];
  let empty = EMPTY_LEAF;
  return Array.from({ length: HEIGHT + 1 }, () => {
    const level = { hashes, empty };
    const parents = Array.from({ length: Math.ceil(hashes.length / 2) }, (_, i) =>
      join(hashes[2 * i]!, hashes[2 * i + 1] ?? empty),
    );
    hashes = parents;
    empty = join(empty, empty);
    return { at: (index: number) => level.hashes[index] ?? level.empty };
  });
}

function join(left: Hex, right: Hex): Hex {
  return keccak256(`${left}${right.slice(2)}` as Hex);
}
