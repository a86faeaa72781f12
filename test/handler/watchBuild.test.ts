import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { watchBuild } from "../../machine/handler/build/watchBuild.ts";
import { MAX_DISK_BYTES, MAX_FILES } from "../../machine/handler/limits.ts";
import { passedLimit, type Usage } from "../../machine/handler/usage.ts";

const start: Usage = { diskBytes: 1e9, files: 50_000, refusedProcesses: 3, memoryKills: 1 };
const later = (change: Partial<Usage>): Usage => ({ ...start, ...change });

describe("what a build may use", () => {
  it("is counted from its start, and may be used up", () => {
    const all = later({ diskBytes: start.diskBytes + MAX_DISK_BYTES, files: start.files + MAX_FILES });
    assert.equal(passedLimit(start, all), undefined);
    assert.equal(passedLimit(start, later({ diskBytes: 0, files: 0 })), undefined);
  });

  for (const [change, words] of [
    [{ refusedProcesses: 4 }, /^256 processes$/],
    [{ memoryKills: 2 }, /^335544320 bytes of memory$/],
    [{ diskBytes: start.diskBytes + MAX_DISK_BYTES + 1 }, /^536870912 bytes on the disk$/],
    [{ files: start.files + MAX_FILES + 1 }, /^20000 files$/],
  ] as const)
    it(`is said in words when it is passed: ${words.source}`, () => {
      assert.match(passedLimit(start, later(change)) ?? "", words);
    });
});

describe("watching a build", function () {
  this.timeout(20_000);

  it("gives what the build gives", async () => {
    assert.deepEqual(await watchBuild(Promise.resolve("built"), start, () => start), { result: "built" });
    await assert.rejects(
      watchBuild(Promise.reject(new Error("no")), start, () => start),
      /^Error: no$/,
    );
  });

  it("sees at the end what was passed since the last look", async () => {
    const outcome = await watchBuild(Promise.resolve("built"), start, () => later({ memoryKills: 2 }));
    assert.deepEqual(outcome, { passed: "335544320 bytes of memory" });
  });

  it("does not wait for a build that has passed a limit", async () => {
    const stop = new AbortController();
    const endless = sleep(1e6, "built", { signal: stop.signal }).catch(() => "stopped");
    const outcome = await watchBuild(endless, start, () => later({ refusedProcesses: 4 }));
    assert.deepEqual(outcome, { passed: "256 processes" });
    stop.abort();
  });

  it("fails when it cannot look", async () => {
    const endless = new Promise(() => {});
    const blind = () => {
      throw new Error("no such file");
    };
    await assert.rejects(watchBuild(endless, start, blind), /no such file/);
  });
});
