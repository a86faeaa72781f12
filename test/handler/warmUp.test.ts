import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { warmUp } from "../../machine/handler/warmUp/warmUp.ts";
import { decodeReport, REPORT_KINDS } from "../../protocol/index.ts";
import { startNixHost } from "./support/nixHost.ts";
import { REGISTRY, RecordingDevice } from "./support/recordingDevice.ts";

describe("the warm-up", function () {
  this.timeout(60_000);

  it("exercises every kind of request, and leaves nothing behind", async () => {
    await using nix = await startNixHost();
    const { environment } = nix;
    await warmUp(environment, { registry: REGISTRY });
    assert.ok(nix.resets() > 3);
    assert.ok(!existsSync(join(environment.folder, "warm-up")));
    const session = await environment.openSession();
    assert.deepEqual(await session.queryAllValidPaths(), []);
    session.close();
  });

  it("writes every kind of report", async () => {
    await using nix = await startNixHost();
    const device = new RecordingDevice();
    await warmUp(nix.environment, { registry: REGISTRY }, device);
    const texts = device.reports.filter((report) => report[0] === "{".charCodeAt(0));
    const kinds = new Set(texts.map((report) => decodeReport(report).kind));
    assert.deepEqual([...kinds].sort(), [...REPORT_KINDS].sort());
  });
});
