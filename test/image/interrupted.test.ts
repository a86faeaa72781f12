import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";

const MAIN = fileURLToPath(new URL("../../machine/image/main.ts", import.meta.url));

describe("npm run template, interrupted", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cartenix-interrupted-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`leaves nothing in the temporary folder on ${signal}`, async () => {
      const watcher = watch(folder);
      const scratch = once(watcher, "change");
      const command = spawn(process.execPath, [MAIN], {
        env: { ...process.env, TMPDIR: folder },
        stdio: "ignore",
      });
      const exited = once(command, "exit");
      await scratch;
      watcher.close();
      assert.deepEqual(
        readdirSync(folder).map((name) => name.replace(/-[^-]*$/, "")),
        ["cartenix-handler"],
      );
      command.kill(signal);
      assert.deepEqual(await exited, [exitCode, null]);
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});
