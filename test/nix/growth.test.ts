import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { narWords } from "../../fuzz/generators/narWords.ts";
import {
  checkDerivation,
  createDerivationHasher,
  type Derivation,
  decodeExport,
  decodeNar,
  type ExportedPath,
  encodeExport,
  encodeNar,
  formatDerivation,
  hashDerivationModulo,
  NarFormatError,
  type NarNode,
  narHash,
  parseDerivation,
  storePathForDerivation,
} from "../../nix/index.ts";
import { growsLinearly } from "./support/growsLinearly.ts";
import { directory, file } from "./support/nodes.ts";

const plain: Derivation = {
  outputs: [{ name: "out", path: pathOf(0), hashAlgo: "", hash: "" }],
  inputDrvs: [],
  inputSrcs: [],
  system: "riscv64-linux",
  builder: "/bin/sh",
  args: [],
  env: [],
};
const INPUT = { sha256: new Uint8Array(32), outputNames: new Set(["out"]) };

/** What a hostile derivation can contain in large numbers. */
const derivations: Record<string, (size: number) => Derivation> = {
  outputs: (size) => ({
    ...plain,
    outputs: numbers(size).map((name) => ({ name, path: pathOf(1), hashAlgo: "", hash: "" })),
  }),
  "input derivations": (size) => ({
    ...plain,
    inputDrvs: numbers(size).map((_, index) => ({ path: `${pathOf(index)}.drv`, outputs: ["out"] })),
  }),
  "outputs of one input": (size) => ({
    ...plain,
    inputDrvs: [{ path: `${pathOf(1)}.drv`, outputs: numbers(size) }],
  }),
  "input sources": (size) => ({ ...plain, inputSrcs: numbers(size).map((_, index) => pathOf(index)) }),
  arguments: (size) => ({ ...plain, args: numbers(size) }),
  variables: (size) => ({ ...plain, env: numbers(size).map((name) => [name, ""] as const) }),
  "variables that differ in their last character": (size) => ({
    ...plain,
    env: numbers(Math.ceil(size / 100)).map((name) => [`${"x".repeat(2_000)}${name}`, ""] as const),
  }),
  "escapes in a row": (size) => ({ ...plain, args: ['\n"\\'.repeat(size * 4)] }),
};

describe("nix: work grows linearly with the input", () => {
  for (const [name, make] of Object.entries(derivations)) {
    it(`derivations with many ${name}`, () => {
      growsLinearly(
        2_000,
        (size) => formatDerivation(make(size)),
        (text) => {
          const derivation = parseDerivation(text);
          assert.equal(formatDerivation(derivation), text);
          for (const check of [
            () => hashDerivationModulo(derivation, () => INPUT),
            () => checkDerivation(storePathForDerivation("x", derivation), derivation, () => INPUT),
          ]) {
            ignoreRefusal(check);
          }
        },
      );
    });
  }

  it("derivations truncated in the middle of anything", () => {
    for (const start of ['Derive([("', "Derive([", 'Derive([("out","","","")],[],[],"","', "Derive([("]) {
      for (const rest of ['"', "\\", "\\n", "(", "[", "a", '","']) {
        growsLinearly(
          10_000,
          (size) => start + rest.repeat(size),
          (text) => ignoreRefusal(() => parseDerivation(text)),
        );
      }
    }
  });

  it("deep and wide graphs of derivations, and those that are both", () => {
    const graphs: Record<string, (index: number, size: number) => number[]> = {
      deep: (index) => (index === 0 ? [] : [index - 1]),
      wide: (index, size) => (index === size - 1 ? Array.from({ length: index }, (_, input) => input) : []),
      both: (index) =>
        [index - 1, index - 2, index - 3, index >> 1].filter((input) => input >= 0 && input < index),
    };
    for (const inputsOf of Object.values(graphs)) {
      growsLinearly(
        1_000,
        (size) => graphOf(size, inputsOf),
        (graph) => createDerivationHasher((path) => graph.get(path))([...graph.keys()].at(-1) as string),
      );
    }
  });

  it("archives with many entries, whole and byte by byte", () => {
    const make = (size: number) =>
      encodeNar(directory(...numbers(size).map((name): [string, NarNode] => [name, file("")])));
    growsLinearly(1_500, make, (nar) => assert.deepEqual(encodeNar(decodeNar(nar)), nar));
    const single = (nar: Uint8Array) => Array.from(nar, (byte) => Uint8Array.of(byte));
    growsLinearly(100, (size) => single(make(size)), narHash);
  });

  it("archives that open directories and never close them", () => {
    const level = ["(", "type", "directory", "entry", "(", "name", "a", "node"];
    growsLinearly(
      2_000,
      (size) => narWords("nix-archive-1", ...new Array(size).fill(level).flat()),
      (nar) => assert.throws(() => decodeNar(nar), NarFormatError),
    );
  });

  it("export streams with many paths, many references, and many of both", () => {
    const nar = encodeNar(file(""));
    const shapes: ((size: number) => ExportedPath[])[] = [
      (size) => numbers(size).map((_, index) => pathWith(index, [])),
      (size) => [
        pathWith(
          0,
          numbers(size).map((_, index) => pathOf(index + 1)),
        ),
      ],
      (size) => numbers(size / 10).map((_, index) => pathWith(index, tenBefore(index))),
    ];
    for (const shape of shapes) {
      growsLinearly(
        1_000,
        (size) => encodeExport(shape(size)),
        (stream) => decodeExport(stream),
      );
    }

    function pathWith(index: number, references: string[]): ExportedPath {
      return { path: pathOf(index), nar, references, deriver: undefined };
    }
    function tenBefore(index: number): string[] {
      const first = Math.max(0, index - 10);
      return numbers(index - first).map((_, offset) => pathOf(first + offset));
    }
  });
});

/** Names of equal length, sorted. */
function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index).padStart(6, "0"));
}

function pathOf(index: number): string {
  return `/nix/store/${String(index).padStart(32, "0")}-x`;
}

function graphOf(
  size: number,
  inputsOf: (index: number, size: number) => number[],
): ReadonlyMap<string, Derivation> {
  const drvPath = (index: number) => `${pathOf(index)}.drv`;
  return new Map(
    numbers(size).map((_, index) => {
      const inputs = [...new Set(inputsOf(index, size))].sort((a, b) => a - b);
      const inputDrvs = inputs.map((input) => ({ path: drvPath(input), outputs: ["out"] }));
      return [drvPath(index), { ...plain, args: [String(index)], inputDrvs }];
    }),
  );
}

/** Runs work that may be refused, which does not matter here. */
function ignoreRefusal(work: () => unknown): void {
  try {
    work();
  } catch {
    // refused
  }
}
