import assert from "node:assert/strict";
import hre from "hardhat";
import { before, describe, it } from "mocha";
import { type Abi, type AbiItem, toEventSelector, toFunctionSelector } from "viem";
import { cartesiArtifact } from "../../deploy/cartesiArtifact.ts";
import { startChain } from "./support/startChain.ts";

/** Our interfaces, and the artifacts of `@cartesi/rollups` of which they are parts. */
const PAIRS = [
  ["ICartesiApplication", "Application"],
  ["ICartesiApplicationFactory", "ApplicationFactory"],
  ["ICartesiAuthorityFactory", "AuthorityFactory"],
  ["ICartesiOutputs", "Outputs"],
  ["ICartesiQuorumFactory", "QuorumFactory"],
] as const;

describe("Our interfaces of Cartesi's contracts", () => {
  before(() => startChain());

  for (const [ours, theirs] of PAIRS) {
    it(`${ours} has the selectors, types and results of ${theirs}`, async () => {
      const { abi } = await hre.artifacts.readArtifact(ours);
      const original = (await cartesiArtifact(theirs)).abi as Abi;
      assert.ok(abi.length > 0);
      for (const item of abi as Abi) {
        const id = identify(item);
        const match = original.find((other) => identify(other) === id);
        assert.ok(match, `${theirs} has no ${item.type} ${"name" in item && item.name}`);
        assert.deepEqual(shapeOf(item), shapeOf(match));
      }
    });
  }
});

/** An item's kind and selector or topic. */
function identify(item: AbiItem): string {
  if (item.type === "event") {
    return `event ${toEventSelector(item)}`;
  }
  if (item.type === "function") {
    return `function ${toFunctionSelector(item)}`;
  }
  if (item.type === "error") {
    return `error ${toFunctionSelector({ ...item, type: "function", outputs: [], stateMutability: "pure" })}`;
  }
  return item.type;
}

/** What a caller relies on, without Solidity's internal names of types. */
function shapeOf(item: AbiItem): unknown {
  const { outputs = [], stateMutability } = item as {
    outputs?: { type: string }[];
    stateMutability?: string;
  };
  return { outputs: outputs.map(({ type }) => type), stateMutability };
}
