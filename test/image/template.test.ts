import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "mocha";
import { startEmulator } from "../../machine/emulator/index.ts";
import {
  compareToPinned,
  makeTemplate,
  readPinnedTemplate,
  type Template,
} from "../../machine/image/index.ts";
import { templateProof } from "../../machine/image/templateProof.ts";
import { type Progress, silentProgress } from "../../support/index.ts";

describe("the template", function () {
  this.timeout(1_800_000);
  let template: Template;
  before(async () => {
    template = await makeTemplate({ progress: silentProgress });
  });

  it("is the one pinned in the repository", async () => {
    assert.equal(await compareToPinned(template.manifest), "same");
    const pinned = await readPinnedTemplate();
    assert.equal(await templateProof(template.directory), pinned?.templateProof);
  });

  it("is found in the cache the second time, without making any stage again", async () => {
    const stages: string[] = [];
    const progress: Progress = {
      stage: (name) => {
        stages.push(name);
        return silentProgress.stage(name);
      },
    };
    assert.deepEqual(await makeTemplate({ progress }), template);
    assert.deepEqual(stages, []);
  });

  it("is a machine whose hash is the template hash, waiting for its first input", async () => {
    await using emulator = await startEmulator();
    await emulator.load(template.directory);
    assert.equal(await emulator.rootHash(), template.templateHash);
    assert.equal(await emulator.cycle(), BigInt(template.manifest.cycles.firstBoot));
    const htif = await Promise.all(
      ["dev", "cmd", "reason"].map((field) => emulator.readRegister(`htif_tohost_${field}`)),
    );
    assert.deepEqual(htif, [2n, 1n, 1n]);
  });

  it("has a manifest that lists everything it was made from", () => {
    const { manifest } = template;
    const written = readFileSync(join(dirname(template.directory), "manifest.json"), "utf8");
    assert.deepEqual(JSON.parse(written), manifest);
    assert.equal(manifest.templateHash, template.templateHash);
    const pinned = (lock: string) => manifest.packages[lock]?.map(({ name }) => name) ?? [];
    for (const name of ["nix-bin", "nodejs", "busybox-static"]) {
      assert.ok(pinned("rootfs").includes(name), name);
    }
    for (const name of ["gcc-12", "libc6-dev"]) {
      assert.ok(pinned("seed").includes(name), name);
    }
    assert.deepEqual(pinned("kernel"), ["linux-source-6.12"]);
    for (const path of [
      "image/kernel/config",
      "image/kernel/cmio.c",
      "image/rootfs/overlay/sbin/init-cartenix",
      "evaluator/cartenix/toolchain.nix",
    ]) {
      assert.equal(
        manifest.sources[path]?.size,
        statSync(new URL(`../../machine/${path}`, import.meta.url)).size,
      );
    }
    assert.ok(manifest.handler["handler.mjs"]);
    assert.ok(manifest.cycles.seed > 1e9);
  });
});
