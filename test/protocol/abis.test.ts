import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Abi, getAbiItem } from "viem";
import { buildRegistryAbi, inputsAbi, iRequestsAbi, outputsAbi } from "../../abi/index.ts";
import { evmAdvanceAbi, outputAbi, recordAbi, requestsAbi } from "../../protocol/index.ts";

/** The handler program includes protocol/, which must not pull in all ABIs and therefore repeats some of them. */
describe("the ABIs in protocol/", () => {
  for (const [what, ours, contracts] of [
    ["requests", requestsAbi, iRequestsAbi],
    ["inputs", evmAdvanceAbi, inputsAbi],
    ["outputs", outputAbi, outputsAbi],
    ["the registry's call", recordAbi, [getAbiItem({ abi: buildRegistryAbi, name: "record" })]],
  ] as const) {
    it(`declare ${what} as the contracts do`, () => {
      assert.deepEqual(functionsOf(ours), functionsOf(contracts));
    });
  }
});

interface Parameter {
  readonly name?: string | undefined;
  readonly type: string;
  readonly components?: readonly Parameter[];
}

/** Names and parameters of an ABI's functions, sorted. */
function functionsOf(abi: Abi) {
  const functions = abi.filter((item) => item.type === "function");
  return functions
    .map(({ name, inputs }) => ({ name, inputs: inputs.map(parameterOf) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parameterOf({ name, type, components }: Parameter): Parameter {
  return {
    name: name ?? "",
    type,
    ...(components ? { components: components.map(parameterOf) } : {}),
  };
}
