import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { buildHandlerProgram } from "../../machine/image/handlerProgram/buildHandlerProgram.ts";
import { REGISTRY } from "../handler/support/recordingDevice.ts";

describe("the handler's job drive", () => {
  it("has the same bytes every time, and everything that the handler needs", async () => {
    const [first, second] = [await buildFiles(), await buildFiles()];
    assert.deepEqual(first, second);
    assert.deepEqual(Object.keys(first), [
      "config.json",
      "confine",
      "handler.mjs",
      "node_modules/@deroll/cmio/binding.gyp",
      "node_modules/@deroll/cmio/dist/index.js",
      "node_modules/@deroll/cmio/package.json",
      "node_modules/@deroll/cmio/prebuilds/linux-riscv64/@deroll+cmio.node",
      "node_modules/node-gyp-build/index.js",
      "node_modules/node-gyp-build/node-gyp-build.js",
      "node_modules/node-gyp-build/package.json",
      "start",
    ]);
    const riscv64 = 243;
    assert.equal(
      first["node_modules/@deroll/cmio/prebuilds/linux-riscv64/@deroll+cmio.node"]?.bytes.at(18),
      riscv64,
    );
    assert.equal(first.start?.mode, 0o755);
    assert.match(
      first.start?.bytes.toString() ?? "",
      /^#!\/bin\/sh\nexec .* --no-memory-reducer .*handler\.mjs\n$/,
    );
    assert.doesNotMatch(first["handler.mjs"]?.bytes.toString() ?? "", new RegExp(process.cwd()));
  });

  it("is refused without a valid configuration", async () => {
    await assert.rejects(buildHandlerProgram(tmpdir(), { registry: "0x12" }), /registry is not an address/);
  });
});

async function buildFiles(): Promise<Record<string, { mode: number; bytes: Buffer }>> {
  const folder = await mkdtemp(join(tmpdir(), "cartenix-job-"));
  try {
    await buildHandlerProgram(folder, { registry: REGISTRY });
    execFileSync(process.execPath, ["--check", join(folder, "handler.mjs")]);
    const names = await readdir(folder, { recursive: true });
    const files: Record<string, { mode: number; bytes: Buffer }> = {};
    for (const name of names.sort()) {
      const place = join(folder, name);
      const { mode } = await stat(place);
      if ((await stat(place)).isFile()) {
        files[name] = { mode: mode & 0o777, bytes: await readFile(place) };
      }
    }
    return files;
  } finally {
    await rm(folder, { recursive: true });
  }
}
