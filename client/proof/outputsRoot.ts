import { concatHex, type Hex, keccak256 } from "viem";

/** Siblings of a leaf: the height of the outputs tree. Source: `CanonicalMachine` of Cartesi Rollups contracts 2.2.0. */
export const OUTPUTS_TREE_HEIGHT = 63;

/** An output of a machine, and the proof of its place in the tree of all outputs of its application. */
export interface ProvenOutput {
  /** As the machine emitted it. */
  readonly output: Hex;
  readonly outputIndex: bigint;
  /** 63 hashes, from the leaf's sibling to the root's child. */
  readonly siblings: readonly Hex[];
}

/** The outputs Merkle root that follows from an output and its proof: what a claim must have named. */
export function outputsRootOf({ output, outputIndex, siblings }: ProvenOutput): Hex {
  return siblings.reduce<Hex>(
    (hash, sibling, level) =>
      keccak256(concatHex((outputIndex >> BigInt(level)) & 1n ? [sibling, hash] : [hash, sibling])),
    keccak256(output),
  );
}
