import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import type { FuzzResult } from "../../fuzz/fuzzLoop.ts";
import { minimise } from "../../fuzz/minimise.ts";
import { runTarget } from "../../fuzz/runTarget.ts";

const MAIN = fileURLToPath(new URL("../../fuzz/main.ts", import.meta.url));

describe("the fuzzer", () => {
  it("finds a bug that is several branches deep by code coverage, and minimises the input", async () => {
    const { crash } = await attack("deepBranch");
    assert.match(crash?.reason ?? "", /^TypeError: cannot read/);
    assert.equal(Buffer.from(crash?.input ?? []).toString(), "Cart");
  });

  it("treats an input on which a parser hangs as a crash", async () => {
    const { crash } = await attack("endlessLoop", { hangSeconds: 2 });
    assert.equal(crash?.reason, "does not end within 2 seconds");
    assert.ok(crash.input.includes(0));
  });

  it("treats an input that makes a parser allocate too much as a crash", async () => {
    const { crash } = await attack("hugeAllocation");
    assert.match(crash?.reason ?? "", /^allocates \d{8,} bytes for \d+ bytes$/);
  });

  it("treats an input on which a parser runs out of memory as a crash", async () => {
    const { crash } = await attack("outOfMemory");
    assert.match(crash?.reason ?? "", /out of memory/);
    assert.ok(crash?.input.includes(0));
  });

  it("minimises inputs to what matters", () => {
    const input = Buffer.from(`${"a".repeat(50)}b${"a".repeat(70)}c`);
    const smallest = minimise(input, (bytes) => bytes.includes(0x62) && bytes.includes(0x63));
    assert.equal(Buffer.from(smallest).toString(), "bc");
  });

  it("exits cleanly with a summary when it is interrupted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cartenix-fuzz-"));
    const json = join(folder, "results.json");
    const child = spawn(process.execPath, [
      MAIN,
      "base32",
      "queries",
      "--seconds",
      "60",
      "--seed",
      "7",
      "--json",
      json,
    ]);
    child.stdout.once("data", () => setTimeout(() => child.kill("SIGINT"), 1_000));
    const exit = new Promise((resolve) => child.once("exit", resolve));
    assert.match(await text(child.stdout), /^seed 7\n1 target, \d+ inputs, 0 crashes\n$/);
    assert.equal(await exit, 0);
    const { seed, rows } = JSON.parse(readFileSync(json, "utf8"));
    assert.deepEqual([seed, rows[0].target, rows.length], [7, "base32", 1]);
    rmSync(folder, { recursive: true });
  });
});

function attack(name: string, options: { hangSeconds?: number } = {}): Promise<FuzzResult> {
  return runTarget({
    module: new URL(`brokenTargets/${name}.ts`, import.meta.url).href,
    corpus: [],
    seed: 1,
    seconds: 20,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });
}
