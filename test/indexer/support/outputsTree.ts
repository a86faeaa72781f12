import type { Hex } from "viem";
import {
  appendOutput,
  outputHash,
  outputsEdge,
  proveOutput,
  rootOfEdge,
} from "../../../machine/node/index.ts";

/** The outputs Merkle root of an application's outputs, and their proofs. */
export function outputsTree(outputs: readonly Hex[]) {
  const nodes = new Map<string, Hex>();
  const store = {
    get: (level: number, index: bigint) => nodes.get(`${level}/${index}`)!,
    put: (level: number, index: bigint, value: Hex) => void nodes.set(`${level}/${index}`, value),
  };
  for (const [index, output] of outputs.entries()) {
    appendOutput(store, BigInt(index), outputHash(output));
  }
  const edge = outputsEdge(store, BigInt(outputs.length));
  const proofs = outputs.map((_, index) => ({
    outputIndex: BigInt(index),
    outputHashesSiblings: proveOutput(store, edge, BigInt(index)),
  }));
  return { root: rootOfEdge(edge), proofs };
}
