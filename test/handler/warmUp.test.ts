import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { warmUp } from "../../machine/handler/warmUp.ts";
import { startNixHost } from "./support/nixHost.ts";
import { REGISTRY } from "./support/recordingDevice.ts";

describe("the warm-up", function () {
  this.timeout(60_000);

  it("plays every kind of request, and leaves nothing behind", async () => {
    await using nix = await startNixHost();
    const { surroundings } = nix;
    await warmUp(surroundings, { registry: REGISTRY });
    assert.ok(nix.resets() > 3);
    assert.ok(!existsSync(join(surroundings.folder, "warm-up")));
    const session = await surroundings.openSession();
    assert.deepEqual(await session.queryAllValidPaths(), []);
    session.close();
  });
});
