import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { EvaluationError, type Evaluator, openEvaluator } from "../../machine/evaluator/index.ts";
import { silentProgress } from "../../support/index.ts";

describe("the evaluator", function () {
  this.timeout(300_000);
  let evaluator: Evaluator;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-evaluator-"));
    evaluator = await openEvaluator({ progress: silentProgress });
  });
  after(() => rm(folder, { recursive: true }));

  for (const [what, text, reason] of [
    ["does not parse", "{ broken", /syntax error/],
    ["is not a derivation", "{ x = 1; }", /0 derivations/],
    ["is several derivations", "let s = import <cartenix>; in [ s.tcc s.busybox ]", /2 derivations/],
    ["needs a build during its evaluation", "import (import <cartenix>).tcc", /disabled|allow-import/],
  ] as const) {
    it(`refuses an expression that ${what}`, async () => {
      const file = join(folder, "refused.nix");
      await writeFile(file, text);
      await assert.rejects(evaluator.instantiate(file), (error) => {
        assert.ok(error instanceof EvaluationError);
        assert.match(error.message, reason);
        return true;
      });
    });
  }
});
