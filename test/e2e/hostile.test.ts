import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import { type PreparedBuild, prepareBuild } from "../../client/index.ts";
import { type AdvanceResult, advance, type Emulator } from "../../machine/emulator/index.ts";
import { decodeNar } from "../../nix/index.ts";
import { encodeBuild, encodeUpload, splitUploads } from "../../protocol/index.ts";
import { silentProgress } from "../../support/index.ts";
import { ask, inputOf, missingIn, reasonOf, recordsOf, startTemplate } from "./support/realMachine.ts";

/** The errors with which the attempts of `hostile/escape.c` may fail: each is a refusal. */
const REFUSALS = new Set(
  [
    "EPERM",
    "EACCES",
    "ENOENT",
    "ESRCH",
    "EROFS",
    "EXDEV",
    "EBUSY",
    "ENOSYS",
    "ENOSPC",
    "ENOTSUP",
    "EINVAL",
  ].concat([
    "ENETUNREACH",
    "ECONNREFUSED",
    "EAFNOSUPPORT",
    "EPROTONOSUPPORT",
    "ENXIO",
    "EOPNOTSUPP",
    "EUSERS",
  ]),
);
/** A builder may create anything in the store that it sees: that is a private folder, deleted after the build. */
const HARMLESS = /^create next to an input: SUCCEEDED$/;

describe("hostile builds in the real machine", function () {
  this.timeout(180_000);
  let machine: Emulator;
  let build: PreparedBuild;
  let bundle: Hex;

  before(async () => {
    machine = await startTemplate();
    const file = fileURLToPath(new URL("hostile/default.nix", import.meta.url));
    build = await prepareBuild({ file, progress: silentProgress });
    const { compressed } = await build.bundle(await missingIn(machine, build.closure));
    const { sha256, uploads } = splitUploads(compressed);
    bundle = sha256;
    for (const upload of uploads) {
      assert.equal((await advance(machine, inputOf(0, encodeUpload(upload)))).status, "accepted");
    }
  });

  after(() => machine?.shutdown());

  const drvPathOf = (attempt: string) => {
    const drvPath = build.closure.find((path) => path.endsWith(`-hostile-${attempt}.drv`));
    assert.ok(drvPath, attempt);
    return drvPath;
  };

  async function attempt(name: string, on: Emulator): Promise<AdvanceResult> {
    return advance(on, inputOf(1, encodeBuild({ bundle, drvPath: drvPathOf(name) })));
  }

  /** Changes only a copy, so that the machine stays ready for the next attempt. */
  async function rejects(name: string, reason: RegExp): Promise<void> {
    await using copy = await machine.fork();
    const result = await attempt(name, copy);
    assert.equal(result.status, "rejected");
    assert.equal(result.outputs.length, 0);
    assert.match(reasonOf(result), reason);
  }

  async function accepts(name: string, on: Emulator): Promise<{ nar: Buffer; storePath: string }> {
    const result = await attempt(name, on);
    if (result.status !== "accepted") {
      assert.fail(reasonOf(result));
    }
    const [output] = recordsOf(result);
    assert.ok(output);
    const nar = Buffer.concat(await ask(on, { kind: "nar", path: output.storePath }));
    assert.equal(`0x${createHash("sha256").update(nar).digest("hex")}`, output.narHash);
    return { nar, storePath: output.storePath };
  }

  it("find no way out of the sandbox", async () => {
    await using copy = await machine.fork();
    await accepts("remain", copy);
    const { nar } = await accepts("escape", copy);
    const node = decodeNar(nar);
    const lines = Buffer.from(node.kind === "regular" ? node.contents : [])
      .toString()
      .trimEnd()
      .split("\n");
    assert.equal(lines.length, 68);
    const escapes = lines.filter((line) => !REFUSALS.has(line.split(": ")[1] ?? "") && !HARMLESS.test(line));
    assert.deepEqual(escapes, []);
  });

  it("cannot change an output after it was hashed", async () => {
    await using copy = await machine.fork();
    const { nar } = await accepts("remain", copy);
    assert.ok(nar.includes("written"));
    await accepts("link-to-outside", copy);
  });

  it("leave nothing in the store but their outputs", async () => {
    await using copy = await machine.fork();
    await accepts("other-name", copy);
    const intruder = `/nix/store/${"0".repeat(32)}-intruder`;
    assert.deepEqual(await missingIn(copy, [intruder]), [intruder]);
    await accepts("link-to-outside", copy);
  });

  it("keep unusual file names in outputs unchanged", async () => {
    await using copy = await machine.fork();
    const { nar } = await accepts("odd-names", copy);
    const node = decodeNar(nar);
    assert.deepEqual(
      node.kind === "directory" && node.entries.map(({ name }) => Buffer.from(name).toString()),
      [" ", "...", "a\nb"],
    );
  });

  for (const remains of ["deep-remains", "locked-remains"]) {
    it(`do not block the next build with what they leave in their folder: ${remains}`, async () => {
      await using copy = await machine.fork();
      const { status } = await attempt(remains, copy);
      await using next = status === "accepted" ? await copy.fork() : await machine.fork();
      await accepts("link-to-outside", next);
    });
  }

  for (const [name, reason] of [
    ["writable-by-all", /suspicious ownership or permission/],
    ["fifo", /unsupported type|unknown file type|type of file/],
    ["no-output", /failed to produce output path/],
    ["too-deep", /exceeded the limit of 4096 bytes in a path after \d/],
    ["processes", /exceeded the limit of 256 processes after \d/],
    ["memory", /exceeded the limit of 335544320 bytes of memory after \d/],
    ["disk", /exceeded the limit of 536870912 bytes on the disk after \d/],
    ["files", /exceeded the limit of 20000 files after \d/],
    ["one-file", /exceeded the limit of 268435456 bytes in a file after \d/],
    ["log", /exceeded the limit of 4194304 bytes of log after \d/],
  ] as const) {
    it(`are rejected, and the reason names the cause: ${name}`, () => rejects(name, reason));
  }
});
