import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { fillRoot } from "../../machine/image/rootfs/fillRoot.ts";
import { makeDrive } from "../../machine/image/rootfs/index.ts";
import { makeFileSystem } from "../../machine/image/rootfs/makeFileSystem.ts";
import { fetchPinned, readLock, sha256OfFile } from "../../machine/packages/index.ts";
import { openToolbox, type Toolbox } from "../../machine/toolbox/index.ts";
import { silentProgress } from "../../support/index.ts";

describe("file system images", function () {
  this.timeout(300_000);
  let toolbox: Toolbox;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "cartenix-images-"));
    toolbox = await openToolbox({ progress: silentProgress });
  });
  after(() => rmSync(folder, { recursive: true }));

  const inImage = async (image: string, request: string) =>
    (
      await toolbox.run(["debugfs", "-R", request, "/mnt/image"], {
        binds: [{ host: image, guest: "/mnt/image", readonly: true }],
      })
    ).toString();

  const check = (image: string) =>
    toolbox.run(["e2fsck", "-f", "-n", "/mnt/image"], {
      binds: [{ host: image, guest: "/mnt/image", readonly: true }],
    });

  function writeContent(name: string, files: readonly string[], word = "content"): string {
    const place = join(folder, name);
    mkdirSync(join(place, "folder"), { recursive: true });
    for (const file of files) {
      writeFileSync(join(place, file), `${file} ${word}`);
    }
    writeFileSync(join(place, "start"), "#!/bin/sh\n", { mode: 0o755 });
    symlinkSync("start", join(place, "link"));
    return place;
  }

  const names = Array.from({ length: 100 }, (_, i) => `folder/file-${i}`);

  async function driveOf(content: string): Promise<{ image: string; sha256: string }> {
    const image = `${content}.ext4`;
    await makeDrive(toolbox, content, image);
    return { image, sha256: await sha256OfFile(image) };
  }

  it("are identical for the same content, whatever its order, timestamps and owner's modes", async () => {
    const first = writeContent("first", names);
    const second = writeContent("second", names.toReversed());
    chmodSync(join(second, "folder/file-3"), 0o600);
    chmodSync(join(second, "folder"), 0o700);
    utimesSync(join(second, "folder/file-4"), 1, 1);
    const [one, two] = [await driveOf(first), await driveOf(second)];
    assert.equal(one.sha256, two.sha256);
    await check(one.image);
  });

  it("differ when one byte of the content differs", async () => {
    const other = writeContent("other", names);
    const before = await driveOf(other);
    writeFileSync(join(other, names[50]!), "changed");
    assert.notEqual((await driveOf(other)).sha256, before.sha256);
  });

  it("contain the given files, owned by root, executable where they were", async () => {
    const { image } = await driveOf(writeContent("held", ["folder/a"], "of a"));
    assert.equal(await inImage(image, "cat /folder/a"), "folder/a of a");
    assert.match(await inImage(image, "stat /start"), /Mode: {2}0755[\s\S]*User: {5}0 {3}Group: {5}0/);
    assert.match(await inImage(image, "stat /folder/a"), /Mode: {2}0644/);
    assert.match(await inImage(image, "stat /link"), /Fast link dest: "start"/);
  });

  it("are large enough for their content, and not much larger", async () => {
    const content = writeContent("big", []);
    for (let i = 0; i < 20; i++) {
      writeFileSync(join(content, `block-${i}`), Buffer.alloc(1_500_001, i));
    }
    for (let i = 0; i < 2_000; i++) {
      writeFileSync(join(content, `folder/small-${i}`), "");
    }
    const { image } = await driveOf(content);
    await check(image);
    const { size } = statSync(image);
    assert.ok(size > 30_000_000 && size < 60_000_000, `${size} bytes`);
  });

  it("leave nothing behind when they cannot be made", async () => {
    const content = writeContent("toobig", []);
    writeFileSync(join(content, "block"), Buffer.alloc(4_000_000, 1));
    const image = join(folder, "toobig.ext4");
    const making = makeFileSystem(toolbox, { folder: content, image, sizeMiB: 2, inodes: 64, label: "x" });
    await assert.rejects(making, /exited with code 1$/m);
    const left = readdirSync(folder).filter((name) => name.startsWith("toobig."));
    assert.deepEqual(left, []);
  });

  it("of the root are identical when made twice, whatever the umask", async () => {
    const { files } = await readLock("rootfs");
    const wanted = files.filter(({ name }) => ["busybox-static", "dash", "libc6", "nix-bin"].includes(name));
    const packages = await fetchPinned(wanted, { progress: silentProgress });
    const sums: string[] = [];
    const shell = join(folder, "sh");
    writeFileSync(shell, "", { mode: 0o600 });
    for (const umask of [0o022, 0o077]) {
      const root = join(folder, `root-${umask}`);
      const saved = process.umask(umask);
      try {
        mkdirSync(root);
        chmodSync(root, 0o755);
        await fillRoot(root, { packages, shell }, () => {});
      } finally {
        process.umask(saved);
      }
      const image = `${root}.ext4`;
      await makeFileSystem(toolbox, { folder: root, image, sizeMiB: 64, inodes: 4096, label: "root" });
      sums.push(await sha256OfFile(image));
      assert.match(await inImage(image, "stat /sbin/init-cartenix"), /Mode: {2}0755/);
      assert.match(await inImage(image, "stat /usr/libexec/sandbox-shell"), /Mode: {2}0755/);
      assert.match(await inImage(image, "cat /etc/nix/nix.conf"), /^sandbox = true$/m);
    }
    assert.equal(sums[0], sums[1]);
  });
});

describe("the machine's init", () => {
  it("is a shell script without syntax errors", () => {
    const script = new URL("../../machine/image/rootfs/overlay/sbin/init-cartenix", import.meta.url);
    execFileSync("sh", ["-n", script.pathname]);
  });
});
