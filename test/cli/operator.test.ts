import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "mocha";
import { runCartenix } from "./support/runCartenix.ts";

const MAIN = join(import.meta.dirname, "../../cli/main.ts");

describe("the commands of operators", function () {
  this.timeout(120_000);

  for (const [args, exitCode, output] of [
    [["template", "--help"], 0, /--again/],
    [["node", "--help"], 0, /--deployment <file>/],
    [["indexer", "--help"], 0, /<settings>/],
    [["deploy", "--help"], 0, /--dry-run/],
    [["demo", "--help"], 0, /\[example\]/],
    [["node", "--frob"], 2, /error: /],
    [["demo", "nothing"], 1, /Allowed choices/],
  ] as const) {
    it(`run in the repository: ${args.join(" ")}`, () => {
      const run = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
      assert.equal(run.status, exitCode, run.stderr);
      assert.match(run.stdout + run.stderr, output);
    });
  }

  it("say that they need the repository where they are published", async () => {
    const { exitCode, stderr } = await runCartenix(["node", "--help"]);
    assert.equal(exitCode, 10);
    assert.match(stderr, /which only the repository has/);
  });
});
