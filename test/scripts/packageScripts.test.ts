import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";

const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  scripts: Record<string, string>;
};

describe("the npm scripts", () => {
  // A shell remembers where it found `node` when it ran the set-up; the project's own Node, which the set-up installs, lies elsewhere.
  it("look for node anew after the set-up", () => {
    for (const [name, command] of Object.entries(scripts)) {
      const [setup, ...rest] = command.split(" && ");
      assert.equal(setup, "node scripts/setup.mjs", name);
      for (const later of rest) {
        assert.doesNotMatch(later, /^node\b/, name);
      }
    }
  });
});
