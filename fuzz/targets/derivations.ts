import assert from "node:assert/strict";
import {
  checkDerivation,
  type Derivation,
  DerivationFormatError,
  formatDerivation,
  hashDerivationModulo,
  NixFormatError,
  parseDerivation,
  storePathForDerivation,
} from "../../nix/index.ts";
import { checkParser } from "../checkParser.ts";
import { derivation } from "../generators/nixArbitraries.ts";
import { samples, utf8 } from "../generators/samples.ts";
import { mutateATerm } from "../mutations/aTerm.ts";
import type { Target } from "../target.ts";

const INPUT_HASH = { sha256: new Uint8Array(32), outputNames: new Set(["out", "dev"]) };

export default {
  description: "derivations (.drv files), and their hashes and paths",
  seeds: (seed) => samples(derivation.map(formatDerivation).map(utf8), seed),
  dictionary: ["Derive(", '("out","",', '"r:sha256"', '"sha256"', "[]", ",", "\\n", "\\\\", '\\"', ".drv"],
  mutate: mutateATerm,
  maxLength: 8_192,
  check: (input) => {
    const format = (value: Derivation) => utf8(formatDerivation(value));
    const verdict = checkParser({ parse: parseDerivation, format, refuses: [DerivationFormatError] }, input);
    if (verdict === "accepted") {
      checkConsequences(parseDerivation(input));
    }
    return verdict;
  },
} satisfies Target;

/** What its hash, its name and its output paths are, may be refused only as a format's error. */
function checkConsequences(derivation: Derivation): void {
  const lookup = () => INPUT_HASH;
  for (const work of [
    () => hashDerivationModulo(derivation, lookup),
    () => checkDerivation(storePathForDerivation("fuzzed", derivation), derivation, lookup),
  ]) {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof NixFormatError, `${error}`);
    }
  }
}
