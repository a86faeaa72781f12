import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { needsOf } from "../commands/needsOf.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

function run(...args: string[]) {
  return spawnSync(process.execPath, ["test/commands/runTests.ts", ...args], { cwd: root, encoding: "utf8" });
}

describe("npm run unit and npm run watch", function () {
  this.timeout(60_000);

  it("know what a test file needs by its imports", async () => {
    const needs = await needsOf([
      "test/nix/base32.test.ts",
      "test/nix/realNar.test.ts",
      "test/e2e/machine.test.ts",
    ]);
    assert.deepEqual(Object.fromEntries(needs), {
      "test/nix/base32.test.ts": { template: false, toolbox: false },
      "test/nix/realNar.test.ts": { template: false, toolbox: true },
      "test/e2e/machine.test.ts": { template: true, toolbox: true },
    });
  });

  it("run the named file alone, and exit with its result", () => {
    const { status, stdout } = run(
      "unit",
      "test/nix/base32.test.ts",
      "--grep",
      "parses what it formats, for any bytes",
    );
    assert.equal(status, 0);
    assert.match(stdout, /^1 passed, 0 failed$/m);
  });

  it("say what to do when a file is missing", () => {
    const noTest = run("unit", "nix/base32.ts");
    assert.equal(noTest.status, 2);
    assert.match(
      noTest.stderr,
      /error: nix\/base32\.ts is neither a test file nor a folder.*\n.*test\/nix\/nar\.test\.ts/,
    );
    const nothing = run("watch");
    assert.equal(nothing.status, 2);
    assert.match(nothing.stderr, /error: no test file to watch/);
  });
});
