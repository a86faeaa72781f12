import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, it } from "mocha";
import { emulatorBinary } from "../../machine/emulator/index.ts";
import { hostGlibc } from "../../machine/emulator/server/hostGlibc.ts";
import { UnsupportedPlatformError } from "../../machine/packages/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("emulator: host requirements", () => {
  it("detects the C library's version", () => {
    const [, major, minor] =
      /glibc (\d+)\.(\d+)/.exec(execFileSync("getconf", ["GNU_LIBC_VERSION"]).toString()) ?? [];
    assert.deepEqual(hostGlibc(), [Number(major), Number(minor)]);
  });

  it("keeps the server in the cache under its hash, executable", async () => {
    const { path, sha256 } = await emulatorBinary();
    assert.equal(createHash("sha256").update(readFileSync(path)).digest("hex"), sha256);
    assert(path.includes(sha256));
    assert.equal(statSync(path).mode & 0o111, 0o111);
  });

  it("replaces a truncated copy in the cache", async () => {
    const cache = process.env.CARTENIX_CACHE;
    const folder = mkdtempSync(join(tmpdir(), "cartenix-cache-"));
    process.env.CARTENIX_CACHE = folder;
    try {
      const { path, sha256 } = await emulatorBinary();
      truncateSync(path, 1000);
      await emulatorBinary();
      assert.equal(createHash("sha256").update(readFileSync(path)).digest("hex"), sha256);
    } finally {
      if (cache === undefined) {
        delete process.env.CARTENIX_CACHE;
      } else {
        process.env.CARTENIX_CACHE = cache;
      }
      rmSync(folder, { recursive: true });
    }
  });

  it("names the package that is not installed", () => {
    const folder = mkdtempSync(join(tmpdir(), "cartenix-bare-"));
    for (const room of ["machine/emulator", "machine/packages", "support"]) {
      cpSync(join(root, room), join(folder, room), { recursive: true });
    }
    const module = pathToFileURL(join(folder, "machine/emulator/server/emulatorBinary.ts"));
    const script = `const { emulatorBinary } = await import("${module}");
      await emulatorBinary().catch((error) => console.log(error.name, error.message));`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
    }).toString();
    assert.match(output, /^EmulatorMissingError[\s\S]*@deroll\/cm-linux-x64[\s\S]*npm ci/);
    rmSync(folder, { recursive: true });
  });

  it("names the processor that it does not support", async () => {
    const arch = Object.getOwnPropertyDescriptor(process, "arch") as PropertyDescriptor;
    Object.defineProperty(process, "arch", { ...arch, value: "riscv64" });
    try {
      await assert.rejects(emulatorBinary(), (error) => {
        return error instanceof UnsupportedPlatformError && /linux-riscv64/.test(error.message);
      });
    } finally {
      Object.defineProperty(process, "arch", arch);
    }
  });
});
