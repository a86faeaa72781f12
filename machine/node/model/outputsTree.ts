import { concatHex, type Hex, keccak256, zeroHash } from "viem";

/** The height of the outputs tree, which holds up to 2^63 outputs. */
export const OUTPUTS_TREE_HEIGHT = 63;

/**
 * The storage of a tree's full nodes: those whose subtree has no empty leaf, and which therefore never change.
 * `index` counts the nodes of one level from the left; level 0 holds the leaves.
 */
export interface OutputNodes {
  get(level: number, index: bigint): Hex;
  put(level: number, index: bigint, hash: Hex): void;
}

/**
 * The right edge of a tree of `size` leaves: for each level, the node above the first empty leaf. The edge and the full
 * nodes suffice to compute the root and all proofs of a tree of this size.
 */
export interface OutputsEdge {
  size: bigint;
  /** One hash a level, from 0 to 63; the last is the tree's root. */
  hashes: readonly Hex[];
}

const EMPTY_SUBTREES = Array.from(
  (function* () {
    let hash: Hex = zeroHash;
    for (let level = 0; level <= OUTPUTS_TREE_HEIGHT; level++) {
      yield hash;
      hash = hashPair(hash, hash);
    }
  })(),
);

/** The leaf of one output (`Voucher`, `Notice` or `DelegateCallVoucher`, ABI-encoded): its keccak256. */
export function outputHash(output: Hex | Uint8Array): Hex {
  return keccak256(output);
}

/** Adds a leaf to a tree of `size` leaves. */
export function appendOutput(nodes: OutputNodes, size: bigint, leaf: Hex): void {
  nodes.put(0, size, leaf);
  let hash = leaf;
  let index = size;
  for (let level = 0; index & 1n; level++) {
    hash = hashPair(nodes.get(level, index - 1n), hash);
    index >>= 1n;
    nodes.put(level + 1, index, hash);
  }
}

/** Computes the right edge of the tree of the first `size` leaves. */
export function outputsEdge(nodes: Pick<OutputNodes, "get">, size: bigint): OutputsEdge {
  const hashes: Hex[] = [zeroHash];
  for (let level = 0; level < OUTPUTS_TREE_HEIGHT; level++) {
    const index = size >> BigInt(level);
    const hash = hashes[level]!;
    hashes.push(
      index & 1n ? hashPair(nodes.get(level, index - 1n), hash) : hashPair(hash, EMPTY_SUBTREES[level]!),
    );
  }
  return { size, hashes };
}

/** The outputs Merkle root of a tree, as submitted in a claim. */
export function rootOfEdge(edge: OutputsEdge): Hex {
  return edge.hashes[OUTPUTS_TREE_HEIGHT]!;
}

/**
 * Computes the 63 siblings, bottom up, that prove leaf `index` against the root of `edge`
 * (`OutputValidityProof.outputHashesSiblings`).
 *
 * @throws {RangeError} when the tree has no such leaf.
 */
export function proveOutput(nodes: Pick<OutputNodes, "get">, edge: OutputsEdge, index: bigint): Hex[] {
  if (index < 0n || index >= edge.size) {
    throw new RangeError(`leaf ${index} is outside the tree of ${edge.size} leaves`);
  }
  return Array.from({ length: OUTPUTS_TREE_HEIGHT }, (_, level) => {
    const sibling = (index >> BigInt(level)) ^ 1n;
    const edgeIndex = edge.size >> BigInt(level);
    if (sibling < edgeIndex) {
      return nodes.get(level, sibling);
    }
    return sibling === edgeIndex ? edge.hashes[level]! : EMPTY_SUBTREES[level]!;
  });
}

function hashPair(left: Hex, right: Hex): Hex {
  return keccak256(concatHex([left, right]));
}
