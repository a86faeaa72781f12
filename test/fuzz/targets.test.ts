import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readInputs } from "../../fuzz/corpus.ts";
import { fuzzLoop } from "../../fuzz/fuzzLoop.ts";
import { loadTarget, targetModule, targetNames } from "../../fuzz/loadTarget.ts";
import { tryInput } from "../../fuzz/tryInput.ts";

const SECONDS = 0.1;

describe("parsers of untrusted bytes", () => {
  for (const name of targetNames()) {
    it(`${name}: keeps its invariants for every stored input and a few new ones`, async function () {
      this.timeout(60_000);
      const target = await loadTarget(targetModule(name));
      const corpus = readInputs("corpus", name);
      for (const [file, input] of [...corpus, ...readInputs("regressions", name)]) {
        const outcome = tryInput(target, input);
        assert.ok("verdict" in outcome, `${file}: ${"crash" in outcome && outcome.crash}`);
      }
      const seed = Math.floor(Math.random() * 2 ** 32);
      const { accepted, crash } = fuzzLoop({ target, corpus: [...corpus.values()], seed, seconds: SECONDS });
      assert.ok(!crash, `seed ${seed}: ${crash?.reason}\n${Buffer.from(crash?.input ?? []).toString("hex")}`);
      assert.ok(accepted > 0, "nothing is accepted: the seeds are wrong");
    });
  }
});
