import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agrees, runDemo } from "../../demo/index.ts";
import { compareToPinned, makeTemplate } from "../../machine/image/index.ts";
import { silentProgress } from "../../support/index.ts";

describe("the demo", function () {
  this.timeout(180_000);

  it("takes a derivation from Nix through the machine and the chain to GraphQL", async () => {
    const result = await runDemo({
      example: "trivial",
      progress: silentProgress,
      signal: new AbortController().signal,
    });
    assert.ok(agrees(result), JSON.stringify(result.narHash));
    assert.match(result.narHash.chain, /^sha256-[A-Za-z0-9+/]{43}=$/);
    assert.match(result.outPath, /^\/nix\/store\/[0-9a-z]{32}-trivial$/);
    assert.ok(result.cycles > 10_000_000, `${result.cycles} cycles are too few for a build`);
  });

  it("stops when it is told to, and leaves nothing running", async () => {
    const interruption = new AbortController();
    const demo = runDemo({ example: "trivial", progress: silentProgress, signal: interruption.signal });
    setTimeout(() => interruption.abort(new Error("told to stop")), 3_000);
    await assert.rejects(demo, /told to stop/);
  });
});

describe("the template", () => {
  it("has the hash pinned in the repository", async () => {
    const { manifest } = await makeTemplate({ progress: silentProgress });
    assert.equal(await compareToPinned(manifest), "same");
  });
});
