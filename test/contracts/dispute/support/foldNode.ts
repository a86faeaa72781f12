import { concat, type Hex, keccak256 } from "viem";

/** The hash of a node with these bytes, whose length is a power of two. */
export function hashOfNode(bytes: Uint8Array): Hex {
  if (bytes.length === 32) {
    return keccak256(bytes);
  }
  const middle = bytes.length / 2;
  return parentOf(hashOfNode(bytes.subarray(0, middle)), hashOfNode(bytes.subarray(middle)));
}

/** The root above a node of a level. */
export function foldNode(hash: Hex, address: bigint, level: number, siblings: readonly Hex[]): Hex {
  return siblings.reduce((node, sibling, index) => {
    const isRight = ((address >> BigInt(level + index)) & 1n) === 1n;
    return isRight ? parentOf(sibling, node) : parentOf(node, sibling);
  }, hash);
}

function parentOf(left: Hex, right: Hex): Hex {
  return keccak256(concat([left, right]));
}
