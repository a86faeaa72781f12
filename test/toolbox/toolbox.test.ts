import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { openToolbox, type Toolbox, ToolboxCommandError } from "../../machine/toolbox/index.ts";
import { silentProgress } from "../../support/index.ts";

const modules = new URL("../../", import.meta.url).href;

describe("the toolbox", function () {
  this.timeout(300_000);
  let toolbox: Toolbox;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "cartenix-toolbox-"));
    toolbox = await openToolbox({ progress: silentProgress });
  });
  after(() => rmSync(folder, { recursive: true }));

  const shell = async (script: string, options = {}) =>
    (await toolbox.run(["sh", "-c", script], options)).toString();

  it("has Debian's compilers, file system tools and Nix, whatever the host has", async () => {
    const script =
      "riscv64-linux-gnu-gcc -dumpversion; nix-instantiate --version; gcc -dumpversion; make --version | head -1";
    assert.equal(await shell(script), "12\nnix-instantiate (Nix) 2.26.3\n14\nGNU Make 4.4.1\n");
  });

  it("sees nothing of the host: no environment, host name, network or processes", async () => {
    process.env.CARTENIX_TEST_LEAK = "leak";
    try {
      const seen = await shell(
        "env | sort; cat /proc/sys/kernel/hostname; tail -n +3 /proc/net/dev; echo $$",
      );
      const [home, language, path, folderSeen, zone, host, loopback, id] = seen.trim().split("\n");
      assert.deepEqual(
        [home, language, folderSeen, zone, host],
        ["HOME=/root", "LC_ALL=C", "PWD=/tmp", "TZ=UTC", "toolbox"],
      );
      assert.equal(path, "PATH=/usr/sbin:/usr/bin");
      assert.match(loopback ?? "", /^\s*lo:\s+0 /);
      assert.ok(Number(id) < 10);
    } finally {
      delete process.env.CARTENIX_TEST_LEAK;
    }
  });

  it("sees bound folders, and cannot write to read-only ones or to itself", async () => {
    for (const name of ["in", "out"]) {
      mkdirSync(join(folder, name));
    }
    writeFileSync(join(folder, "in/word"), "hello");
    const binds = [
      { host: join(folder, "in"), guest: "/stage/in", readonly: true },
      { host: join(folder, "out"), guest: "/stage/out" },
    ];
    await shell("tr a-z A-Z < in/word > out/word", { binds, cwd: "/stage" });
    assert.equal(readFileSync(join(folder, "out/word"), "utf8"), "HELLO");
    await assert.rejects(shell("touch /stage/in/x", { binds }), /Read-only file system/);
    await assert.rejects(shell("touch /usr/bin/x"), /Read-only file system/);
    assert.deepEqual(readdirSync(join(folder, "in")), ["word"]);
  });

  it("passes standard input, and standard output byte for byte", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
    const lines: string[] = [];
    const output = await toolbox.run(["cat"], { input: bytes });
    assert.deepEqual(Uint8Array.from(output), bytes);
    await shell("echo one; echo two >&2", { onLine: (line: string) => lines.push(line) });
    assert.deepEqual(lines.toSorted(), ["one", "two"]);
  });

  it("reports the last output of a failing command", async () => {
    await assert.rejects(shell("echo reason >&2; exit 3"), (error) => {
      assert.ok(error instanceof ToolboxCommandError);
      assert.match(error.message, /exited with code 3/);
      assert.equal(error.details, "reason");
      return true;
    });
  });

  it("stops when aborted", async () => {
    const stop = new AbortController();
    const running = shell("echo up; sleep 1000", { signal: stop.signal, onLine: () => stop.abort() });
    await assert.rejects(running, { name: "AbortError" });
  });

  it("does not outlive its parent process, however that exits", async () => {
    const program = `
      import { openToolbox } from "${modules}machine/toolbox/index.ts";
      import { silentProgress } from "${modules}support/index.ts";
      const toolbox = await openToolbox({ progress: silentProgress });
      await toolbox.run(["sh", "-c", "echo up; while sleep 0.1; do echo still here > /stage/beat; done"], {
        binds: [{ host: process.argv[1], guest: "/stage" }],
        onLine: console.log,
      });
    `;
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program, folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      child.kill(signal);
      await once(child, "exit");
      await new Promise((resolve) => setTimeout(resolve, 300));
      rmSync(join(folder, "beat"), { force: true });
      await new Promise((resolve) => setTimeout(resolve, 400));
      assert.equal(readdirSync(folder).includes("beat"), false, signal);
    }
  });
});
