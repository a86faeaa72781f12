import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { cachedFolder, stageKey } from "../../machine/packages/cache/cachedFolder.ts";

const stageModule = new URL("../../machine/packages/cache/cachedFolder.ts", import.meta.url).href;

describe("the cache of stages", () => {
  const saved = process.env.CARTENIX_CACHE;
  let cache: string;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "cartenix-stage-"));
    process.env.CARTENIX_CACHE = cache;
  });
  afterEach(() => {
    if (saved === undefined) {
      delete process.env.CARTENIX_CACHE;
    } else {
      process.env.CARTENIX_CACHE = saved;
    }
    rmSync(cache, { recursive: true });
  });

  const makeOne = (inputs: unknown, made: string[]) =>
    cachedFolder({
      name: "thing",
      inputs,
      make: async (folder) => {
        made.push(folder);
        writeFileSync(join(folder, "content"), JSON.stringify(inputs));
      },
    });

  it("makes a folder once for equal inputs, and another for different ones", async () => {
    const made: string[] = [];
    const first = await makeOne({ a: 1, b: [2, { c: 3, d: 4 }] }, made);
    assert.equal(await makeOne({ b: [2, { d: 4, c: 3 }], a: 1 }, made), first);
    assert.notEqual(await makeOne({ a: 1, b: [{ c: 3, d: 4 }, 2] }, made), first);
    assert.equal(made.length, 2);
    assert.equal(readFileSync(join(first, "content"), "utf8"), '{"a":1,"b":[2,{"c":3,"d":4}]}');
  });

  it("names inputs by their content", () => {
    assert.equal(stageKey({ x: "1" }), stageKey({ x: "1" }));
    assert.notEqual(stageKey({ x: "1" }), stageKey({ x: 1 }));
    assert.match(stageKey(null), /^[0-9a-f]{32}$/);
  });

  it("leaves nothing of a failed attempt, and tries again", async () => {
    const failing = cachedFolder({
      name: "thing",
      inputs: 1,
      make: async (folder) => {
        writeFileSync(join(folder, "half"), "");
        throw new Error("no more disk");
      },
    });
    await assert.rejects(failing, /no more disk/);
    assert.deepEqual(readdirSync(join(cache, "thing")), []);
    const folder = await makeOne(1, []);
    assert.deepEqual(readdirSync(folder), ["content"]);
  });

  it("makes a folder once for two callers in one process", async () => {
    const made: string[] = [];
    const [a, b] = await Promise.all([makeOne(1, made), makeOne(1, made)]);
    assert.equal(a, b);
    assert.equal(made.length, 1);
  });

  const program = `
    import { appendFileSync } from "node:fs";
    import { cachedFolder } from ${JSON.stringify(stageModule)};
    const [log, pause] = process.argv.slice(1);
    await cachedFolder({ name: "thing", inputs: 1, make: async (folder) => {
      appendFileSync(log, "made\\n");
      console.log("started");
      await new Promise((resolve) => setTimeout(resolve, Number(pause)));
      appendFileSync(folder + "/content", "whole");
    } });
  `;
  const startMaker = (pause: number): ChildProcess =>
    spawn(process.execPath, ["--input-type=module", "-e", program, join(cache, "log"), `${pause}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });

  it("lets one of two processes work while the other waits", async function () {
    this.timeout(20_000);
    const makers = [startMaker(300), startMaker(300)];
    const codes = await Promise.all(makers.map(async (maker) => (await once(maker, "exit"))[0]));
    assert.deepEqual(codes, [0, 0]);
    assert.equal(readFileSync(join(cache, "log"), "utf8"), "made\n");
  });

  it("starts over after a process that was killed halfway, while another waited for it", async function () {
    this.timeout(20_000);
    const first = startMaker(60_000);
    assert.ok(first.stdout);
    await once(first.stdout, "data");
    const second = startMaker(0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(existsSync(join(cache, "thing", stageKey(1))), false);
    first.kill("SIGKILL");
    assert.equal((await once(second, "exit"))[0], 0);
    assert.equal(readFileSync(join(cache, "thing", stageKey(1), "content"), "utf8"), "whole");
    assert.deepEqual(readdirSync(join(cache, "thing")), [stageKey(1)]);
  });
});
