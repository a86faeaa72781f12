import assert from "node:assert/strict";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { makeSigningKey } from "../../substituter/index.ts";
import { assertAsks } from "./support/assertAsks.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

describe("cartenix use", function () {
  this.timeout(120_000);
  let nix: RealNix;
  let folder: string;
  let file: string;
  let environment: Record<string, string>;

  before(async () => {
    nix = await openNix();
  });
  after(() => nix?.close());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-use-"));
    file = join(folder, "nix", "nix.conf");
    environment = { XDG_CONFIG_HOME: folder };
    await mkdir(join(folder, "nix"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (command: "use" | "unuse", ...args: string[]) =>
    runJson([command, "--yes", ...args], { environment });

  /** What the real Nix makes of the file. */
  async function shown(setting: string): Promise<string[]> {
    await writeFile(join(nix.folder, "nix.conf"), await readFile(file));
    const output = await nix.run(`NIX_USER_CONF_FILES=/stage/nix.conf nix config show ${setting}`);
    return new TextDecoder().decode(output).trim().split(" ");
  }

  const OLD = "extra-substituters = https://cache.example\ntrusted-public-keys = a.example-1:yyyy\n";

  it("adds a substituter and its key for the real Nix, which keeps the others", async () => {
    await writeFile(file, OLD);
    const { exitCode, answer, stderr } = await run("use");
    assert.deepEqual([exitCode, answer.schema, answer.changed], [0, "cartenix.use.v1", true]);
    assert.match(stderr, /^\+extra-substituters = http:\/\/127\.0\.0\.1:8480$/m);
    const substituters = await shown("substituters");
    assert.ok(substituters.includes("https://cache.example"), substituters.join());
    assert.ok(substituters.includes("http://127.0.0.1:8480"));
    const [first, second] = await shown("trusted-public-keys");
    assert.equal(first, "a.example-1:yyyy");
    assert.match(second!, /^cartenix-[0-9a-f]{8}:/);
    await run("unuse");
    assert.equal(await readFile(file, "utf8"), OLD);
  });

  it("lets the real Nix use nothing else with --only", async () => {
    await writeFile(file, OLD);
    await run("use", "--only", "--port", "1234");
    assert.deepEqual(await shown("substituters"), ["http://127.0.0.1:1234"]);
    assert.match((await shown("trusted-public-keys")).join(), /^cartenix-[^,]*$/);
  });

  for (const [what, bytes] of [
    ["an empty file", Buffer.alloc(0)],
    ["a file without an end of its last line", Buffer.from("cores = 1")],
    [
      "bytes that are no UTF-8, and other ends of lines",
      Buffer.from([0x23, 0xff, 0xfe, 0x0d, 0x0a, 0x00, 0x0a]),
    ],
    ["a file with blank lines at its end", Buffer.from("cores = 1\n\n\n")],
  ] as const) {
    it(`undoes exactly what it did to ${what}`, async () => {
      await writeFile(file, bytes, { mode: 0o640 });
      for (const args of [[], ["--only"], ["--only"], ["--port", "1"]]) {
        await run("use", ...args);
      }
      const used = await readFile(file);
      assert.ok(used.subarray(0, bytes.length).equals(bytes));
      assert.equal(used.toString("latin1").split("# cartenix use:").length, 2);
      assert.equal((await run("use", "--port", "1")).answer.changed, false);
      assert.equal((await run("unuse")).answer.changed, true);
      assert.ok((await readFile(file)).equals(bytes));
      assert.equal((await stat(file)).mode & 0o777, 0o640);
      assert.equal((await run("unuse")).answer.changed, false);
      assert.deepEqual(await readdir(join(folder, "nix")), ["nix.conf"]);
    });
  }

  it("removes a file that it made, and keeps what was added to it since", async () => {
    await rm(join(folder, "nix"), { recursive: true });
    await run("use");
    assert.equal((await stat(file)).mode & 0o777, 0o644);
    await run("unuse");
    await assert.rejects(stat(file), /ENOENT/);
    await run("use");
    await writeFile(file, `${await readFile(file, "utf8")}cores = 1\n`);
    await run("unuse");
    assert.equal(await readFile(file, "utf8"), "cores = 1\n");
  });

  it("changes what a symlink leads to, but not what Nix made", async () => {
    const target = join(folder, "real.conf");
    await writeFile(target, OLD);
    await symlink(target, file);
    await run("use");
    assert.ok((await lstat(file)).isSymbolicLink());
    assert.match(await readFile(target, "utf8"), /8480/);
    await rm(file);
    await symlink("/nix/store/nowhere", file);
    const { exitCode, answer } = await run("use");
    assert.deepEqual([exitCode, answer.code], [10, "NIX_CONF"]);
  });

  it("takes another file, and the key of another user", async () => {
    const elsewhere = join(folder, "etc.conf");
    const keyFile = join(folder, "cache.key");
    await writeFile(keyFile, makeSigningKey("of-another"), { mode: 0o600 });
    const args = ["--file", elsewhere, "--cache-key-file", keyFile];
    assert.equal((await run("use", ...args)).exitCode, 0);
    assert.match(await readFile(elsewhere, "utf8"), /^extra-trusted-public-keys = of-another:/m);
    await chmod(keyFile, 0o644);
    const { exitCode, answer } = await run("use", ...args);
    assert.deepEqual([exitCode, answer.code], [10, "CACHE_KEY"]);
  });

  it("leaves alone a file in which its lines were changed", async () => {
    await run("use");
    const broken = (await readFile(file, "utf8")).replace("# end of cartenix use\n", "");
    await writeFile(file, broken);
    for (const command of ["use", "unuse"] as const) {
      const { exitCode, answer } = await run(command);
      assert.deepEqual([exitCode, answer.code], [10, "NIX_CONF"]);
    }
    assert.equal(await readFile(file, "utf8"), broken);
  });

  it("asks on a terminal, and does nothing without a yes", async () => {
    await writeFile(file, OLD);
    const yes = await assertAsks(["use"], {
      environment,
      question: /\[y\/N\]/,
      refusedExitCode: 0,
      assertNothingDone: async () => assert.equal(await readFile(file, "utf8"), OLD),
    });
    assert.match(yes.shown, /\+extra-substituters = .*is changed/s);
    assert.match(await readFile(file, "utf8"), /8480/);
  });

  it("changes nothing unasked where there is no terminal", async () => {
    const { exitCode, stderr } = await runCartenix(["use"], { environment });
    assert.equal(exitCode, 10);
    assert.match(stderr, /give --yes if you want it/);
    await assert.rejects(stat(file), /ENOENT/);
  });
});
