import assert from "node:assert/strict";
import { decodeNar, encodeNar, NarFormatError, narFileContents, narHash } from "../../nix/index.ts";
import { checkParser } from "../checkParser.ts";
import { narNode } from "../generators/nixArbitraries.ts";
import { samples } from "../generators/samples.ts";
import { mutateWords, word } from "../mutations/words.ts";
import type { Target } from "../target.ts";

const WORDS = ["(", ")", "type", "regular", "contents", "executable", "", "symlink", "target", "directory"];

export default {
  description: "Nix archives, whole and in chunks",
  seeds: (seed) => samples(narNode.map(encodeNar), seed),
  dictionary: [...WORDS, "entry", "name", "node"].map(word),
  mutate: mutateWords,
  check: (input) => {
    const verdict = checkParser({ parse: decodeNar, format: encodeNar, refuses: [NarFormatError] }, input);
    assert.equal(piecewise(input), verdict, "in pieces it is another archive");
    if (verdict === "accepted") {
      narFileContents(input);
    }
    return verdict;
  },
} satisfies Target;

function piecewise(input: Uint8Array): "accepted" | "refused" {
  const size = 1 + (input.length % 13);
  const pieces = Array.from({ length: Math.ceil(input.length / size) }, (_, index) =>
    input.subarray(index * size, (index + 1) * size),
  );
  try {
    narHash(pieces);
    return "accepted";
  } catch (error) {
    if (error instanceof NarFormatError) {
      return "refused";
    }
    throw error;
  }
}
