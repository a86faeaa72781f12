import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "mocha";
import { runCartenix } from "./support/runCartenix.ts";

describe("shell completion", function () {
  this.timeout(60_000);

  /** What the scripts ask while a user types. */
  const complete = async (...words: string[]) => {
    const { exitCode, stdout } = await runCartenix(["complete", "--", ...words]);
    assert.equal(exitCode, 0);
    return stdout
      .split("\n")
      .filter((line) => !/^(:\d+)?$/.test(line))
      .map((line) => line.split("\t")[0]);
  };

  it("offers commands", async () => {
    assert.deepEqual(await complete("look"), ["lookup"]);
  });

  it("offers a command's options", async () => {
    assert.deepEqual(await complete("lookup", "--tr"), ["--trust"]);
  });

  it("writes a script that bash can read", async () => {
    const { exitCode, stdout } = await runCartenix(["completion", "bash"]);
    assert.equal(exitCode, 0);
    assert.equal(spawnSync("bash", ["-n"], { input: stdout, encoding: "utf8" }).stderr, "");
  });

  for (const shell of ["zsh", "fish", "powershell"]) {
    it(`writes a script for ${shell}`, async () => {
      const { exitCode, stdout } = await runCartenix(["completion", shell]);
      assert.equal(exitCode, 0);
      assert.match(stdout, /cartenix/);
    });
  }

  it("refuses another shell", async () => {
    const { exitCode, stderr } = await runCartenix(["completion", "csh"]);
    assert.equal(exitCode, 10);
    assert.match(stderr, /Allowed choices are zsh, bash, fish, powershell/);
  });
});
