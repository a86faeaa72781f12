import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Hex, keccak256, toHex } from "viem";
import { appendOutput, outputHash, outputsEdge, proveOutput, rootOfEdge } from "../../machine/node/index.ts";
import { memoryNodes } from "./support/memoryNodes.ts";
import { foldProof, plainProof, plainRoot } from "./support/plainTree.ts";

function leavesOf(count: number): Hex[] {
  return Array.from({ length: count }, (_, index) => outputHash(toHex(`output ${index}`)));
}

function treeOf(leaves: readonly Hex[]) {
  const nodes = memoryNodes();
  leaves.forEach((leaf, index) => {
    appendOutput(nodes, BigInt(index), leaf);
  });
  return nodes;
}

describe("outputs tree", () => {
  it("has the root of 2^63 empty leaves when it is empty", () => {
    let expected: Hex = `0x${"00".repeat(32)}`;
    for (let level = 0; level < 63; level++) {
      expected = keccak256(`${expected}${expected.slice(2)}` as Hex);
    }
    assert.equal(rootOfEdge(outputsEdge(memoryNodes(), 0n)), expected);
  });

  it("has the same root as the reference tree, at every size", () => {
    const leaves = leavesOf(70);
    const nodes = treeOf(leaves);
    for (let size = 0; size <= leaves.length; size++) {
      assert.equal(rootOfEdge(outputsEdge(nodes, BigInt(size))), plainRoot(leaves.slice(0, size)), `${size}`);
    }
  });

  it("proves every leaf against the root of every size that contains it", () => {
    const leaves = leavesOf(40);
    const nodes = treeOf(leaves);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, seed) => {
        const index = seed % size;
        const edge = outputsEdge(nodes, BigInt(size));
        const siblings = proveOutput(nodes, edge, BigInt(index));
        assert.equal(siblings.length, 63);
        assert.deepEqual(siblings, plainProof(leaves.slice(0, size), index));
        assert.equal(foldProof(leaves[index]!, index, siblings), rootOfEdge(edge));
      }),
      { numRuns: 40 },
    );
  });

  it("stores only full nodes, and reads few of them per output", () => {
    const nodes = memoryNodes();
    leavesOf(1024).forEach((leaf, index) => {
      appendOutput(nodes, BigInt(index), leaf);
    });
    assert.equal(nodes.size(), 2 * 1024 - 1);
    nodes.resetReads();
    const edge = outputsEdge(nodes, 1000n);
    proveOutput(nodes, edge, 37n);
    assert.ok(nodes.reads() <= 20, `${nodes.reads()} nodes read`);
  });

  it("refuses to prove a leaf outside the tree", () => {
    const nodes = treeOf(leavesOf(5));
    assert.throws(() => proveOutput(nodes, outputsEdge(nodes, 3n), 3n), RangeError);
    assert.throws(() => proveOutput(nodes, outputsEdge(nodes, 3n), -1n), RangeError);
  });
});
