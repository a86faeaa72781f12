import fc from "fast-check";
import { drvText, plainText, storePathName } from "../../../fuzz/generators/nixArbitraries.ts";

/** A text, or an output of an earlier derivation of the graph. */
type Value = string | { node: number; output: string };

/** One derivation as `support/graph.nix` makes it. */
export interface GraphNode {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, Value>>;
  readonly args: readonly Value[];
}

const ALGORITHMS = { md5: 32, sha1: 40, sha256: 64, sha512: 128 } as const;

const value = fc.oneof(drvText, fc.record({ node: fc.nat(), output: fc.nat() }));

const nodeSeed = fc.record({
  name: storePathName.filter((name) => !name.endsWith(".drv")),
  system: plainText.map(notEmpty),
  builder: drvText.map(notEmpty),
  outputs: fc.uniqueArray(fc.constantFrom("out", "dev", "lib", "a-b", "B"), { minLength: 1, maxLength: 3 }),
  variables: fc.dictionary(
    drvText.map((name) => `x${name}`),
    value,
    { maxKeys: 4, noNullPrototype: true },
  ),
  args: fc.array(value, { maxLength: 3 }),
  fixed: fc.option(
    fc.record({
      algorithm: fc.constantFrom(...Object.keys(ALGORITHMS)) as fc.Arbitrary<keyof typeof ALGORITHMS>,
      mode: fc.constantFrom("flat", "recursive"),
      digits: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 128, maxLength: 128 }),
    }),
    { nil: undefined },
  ),
});

function notEmpty(text: string): string {
  return text === "" ? "-" : text;
}

/** Derivations, each of which may use outputs of earlier ones. */
export function derivationGraph(size: number): fc.Arbitrary<GraphNode[]> {
  return fc.array(nodeSeed, { minLength: size, maxLength: size }).map((seeds) => {
    const outputsOf = seeds.map(({ outputs, fixed }) => (fixed ? ["out"] : outputs));
    return seeds.map(({ name, system, builder, variables, args, fixed }, index) => {
      const resolve = (seed: string | { node: number; output: number }): Value => {
        if (typeof seed === "string" || index === 0) {
          return typeof seed === "string" ? seed : "";
        }
        const node = seed.node % index;
        const outputs = outputsOf[node] as string[];
        return { node, output: outputs[seed.output % outputs.length] as string };
      };
      const fixedAttributes = fixed && {
        outputHash: fixed.digits.slice(0, ALGORITHMS[fixed.algorithm]),
        outputHashAlgo: fixed.algorithm,
        outputHashMode: fixed.mode,
      };
      return {
        attributes: { name, system, builder, outputs: outputsOf[index], ...fixedAttributes },
        variables: Object.fromEntries(Object.entries(variables).map(([key, seed]) => [key, resolve(seed)])),
        args: args.map(resolve),
      };
    });
  });
}
