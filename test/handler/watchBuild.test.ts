import assert from "node:assert/strict";
import { mock } from "node:test";
import { afterEach, beforeEach, describe, it } from "mocha";
import { watchBuild } from "../../machine/handler/building/watchBuild.ts";
import { exceededLimit, type Usage } from "../../machine/handler/environment/usage.ts";
import { MAX_DISK_BYTES, MAX_FILES, USAGE_SAMPLING_SECONDS } from "../../machine/handler/limits.ts";

const start: Usage = { diskBytes: 1e9, files: 50_000, refusedProcesses: 3, memoryKills: 1 };
const later = (change: Partial<Usage>): Usage => ({ ...start, ...change });

describe("the resources of a build", () => {
  it("are counted from its start, and may be used up to the limit", () => {
    const all = later({ diskBytes: start.diskBytes + MAX_DISK_BYTES, files: start.files + MAX_FILES });
    assert.equal(exceededLimit(start, all), undefined);
    assert.equal(exceededLimit(start, later({ diskBytes: 0, files: 0 })), undefined);
  });

  for (const [change, words] of [
    [{ refusedProcesses: 4 }, /^256 processes$/],
    [{ memoryKills: 2 }, /^335544320 bytes of memory$/],
    [{ diskBytes: start.diskBytes + MAX_DISK_BYTES + 1 }, /^536870912 bytes on the disk$/],
    [{ files: start.files + MAX_FILES + 1 }, /^20000 files$/],
  ] as const) {
    it(`are named when they exceed a limit: ${words.source}`, () => {
      assert.match(exceededLimit(start, later(change)) ?? "", words);
    });
  }
});

describe("watching a build", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setInterval"] }));
  afterEach(() => mock.timers.reset());

  const endless = new Promise(() => {});
  const sample = () => mock.timers.tick(USAGE_SAMPLING_SECONDS * 1000);

  it("returns the build's result", async () => {
    assert.deepEqual(await watchBuild(Promise.resolve("built"), start, () => start), { result: "built" });
    await assert.rejects(
      watchBuild(Promise.reject(new Error("no")), start, () => start),
      /^Error: no$/,
    );
  });

  it("notices at the end what was exceeded since the last sample", async () => {
    const outcome = await watchBuild(Promise.resolve("built"), start, () => later({ memoryKills: 2 }));
    assert.deepEqual(outcome, { exceeded: "335544320 bytes of memory" });
  });

  it("does not wait for a build that has exceeded a limit", async () => {
    let now = start;
    const outcome = watchBuild(endless, start, () => now);
    sample();
    now = later({ refusedProcesses: 4 });
    sample();
    assert.deepEqual(await outcome, { exceeded: "256 processes" });
  });

  it("fails when it cannot measure", async () => {
    const outcome = watchBuild(endless, start, () => {
      throw new Error("no such file");
    });
    sample();
    await assert.rejects(outcome, /no such file/);
  });
});
