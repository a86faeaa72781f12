import { concat, type Hex, hexToBytes, keccak256, numberToBytes } from "viem";
import { LEAF_BYTES, LEAF_LEVEL, ROOT_LEVEL } from "./stateTree.ts";

/**
 * Encodes the siblings of a node, from its own level up: a bitmap of 8 bytes, whose bit n says that the sibling of level n covers nothing
 * but zeros, and then the others. Where a sibling is proven otherwise, at one of the levels `joins`, the path ends and another begins.
 */
export function encodePath(
  siblings: readonly Hex[],
  level: number,
  joins: readonly number[] = [],
): Uint8Array[] {
  const ends = [...new Set(joins), level + siblings.length].sort((a, b) => a - b);
  let start = level;
  return ends.flatMap((end) => {
    const segment = encodeSegment(siblings.slice(start - level, end - level), start);
    start = end + 1;
    return segment;
  });
}

function encodeSegment(siblings: readonly Hex[], level: number): Uint8Array[] {
  if (siblings.length === 0) {
    return [];
  }
  const isOmitted = siblings.map((sibling, index) => sibling === PRISTINE_NODES[level + index - LEAF_LEVEL]);
  const bitmap = isOmitted.reduce(
    (bits, omitted, index) => bits | (omitted ? 1n << BigInt(level + index) : 0n),
    0n,
  );
  const rest = siblings.filter((_, index) => !isOmitted[index]);
  return [numberToBytes(bitmap, { size: 8 }), ...rest.map((sibling) => hexToBytes(sibling))];
}

/** The hashes of the nodes that cover nothing but zeros, from the leaf up. */
const PRISTINE_NODES: readonly Hex[] = pristineNodes();

function pristineNodes(): Hex[] {
  const nodes = [keccak256(new Uint8Array(LEAF_BYTES))];
  while (nodes.length < ROOT_LEVEL - LEAF_LEVEL) {
    const node = nodes.at(-1)!;
    nodes.push(keccak256(concat([node, node])));
  }
  return nodes;
}
