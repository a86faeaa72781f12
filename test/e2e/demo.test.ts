import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, it } from "mocha";
import { agrees, runDemo } from "../../demo/index.ts";
import { compareToPinned, makeTemplate } from "../../machine/image/index.ts";
import { type Stage, silentProgress } from "../../support/index.ts";

describe("the demo", function () {
  this.timeout(400_000);

  it("takes a derivation from Nix through the machine and the chain to GraphQL", async () => {
    let last = "none";
    const result = await runDemo({
      example: "trivial",
      progress: {
        stage(name) {
          last = name;
          return silentProgress.stage(name);
        },
      },
      signal: AbortSignal.timeout(300_000),
    }).catch((cause) => {
      throw new Error(`the demo failed at the stage "${last}"`, { cause });
    });
    assert.ok(agrees(result), JSON.stringify(result.narHash));
    assert.match(result.narHash.chain, /^sha256-[A-Za-z0-9+/]{43}=$/);
    assert.match(result.outPath, /^\/nix\/store\/[0-9a-z]{32}-trivial$/);
    assert.ok(result.cycles > 10_000_000, `${result.cycles} cycles are too few for a build`);
  });

  for (const [when, ms] of [
    ["machine template", 3_000],
    ["chain and contracts", 0],
    ["chain and contracts", 300],
    ["node and indexer", 0],
    ["node and indexer", 1_000],
  ] as const) {
    it(`stops when it is told to, and leaves nothing running: ${when}, after ${ms} ms`, async () => {
      const [foldersBefore, childrenBefore] = [demoFolders(), childProcesses()];
      const interruption = new AbortController();
      const stage = (name: string): Stage => {
        if (name === when) {
          setTimeout(() => interruption.abort(new Error("told to stop")), ms);
        }
        return silentProgress.stage(name);
      };
      await assert.rejects(
        runDemo({ example: "trivial", progress: { stage }, signal: interruption.signal }),
        /^Error: told to stop$/,
      );
      assert.deepEqual(demoFolders(), foldersBefore);
      assert.deepEqual(childProcesses(), childrenBefore);
    });
  }
});

function demoFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("cartenix-demo-"));
}

/** Without the programs of the template's stages, which end by themselves. */
function childProcesses(): string[] {
  const { stdout } = spawnSync("ps", ["-o", "args=", "--ppid", String(process.pid)], { encoding: "utf8" });
  return stdout.split("\n").filter((command) => /ponder|cartesi-jsonrpc-machine/.test(command));
}

describe("the template", () => {
  it("has the hash pinned in the repository", async () => {
    const { manifest } = await makeTemplate({ progress: silentProgress });
    assert.equal(await compareToPinned(manifest), "same");
  });
});
