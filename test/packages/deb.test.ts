import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { decodeAr } from "../../machine/packages/deb/decodeAr.ts";
import { decodeDeb } from "../../machine/packages/deb/decodeDeb.ts";
import { unpackDebs } from "../../machine/packages/deb/unpackDebs.ts";
import { DebianError, DebianFormatError } from "../../machine/packages/packagesErrors.ts";
import { arArchive } from "./support/arArchive.ts";

const bytes = (text: string) => Buffer.from(text);
const version = bytes("2.0\n");

describe("a .deb", () => {
  it("is an ar archive whose members are found", () => {
    const members = decodeAr(arArchive({ "debian-binary": version, "odd/": bytes("abc"), last: bytes("") }));
    assert.deepEqual(members, [
      { name: "debian-binary", offset: 68, size: 4 },
      { name: "odd", offset: 132, size: 3 },
      { name: "last", offset: 196, size: 0 },
    ]);
  });

  it("names the compression of its content", () => {
    const deb = arArchive({
      "debian-binary": version,
      "control.tar.xz": bytes("c"),
      "data.tar.gz": bytes("data"),
    });
    const { bytes: content, compression } = decodeDeb(deb);
    assert.equal(compression, "gzip");
    assert.equal(Buffer.from(content).toString(), "data");
  });

  it("is refused when malformed", () => {
    const good = arArchive({ "debian-binary": version, "data.tar.xz": bytes("data") });
    const longer = Buffer.from(good);
    longer.write("9999", 8 + 60 + 4 + 48);
    for (const [reason, deb] of Object.entries({
      empty: Buffer.alloc(0),
      "not an archive": bytes("PK\x03\x04 something else entirely"),
      "cut in the header": good.subarray(0, 40),
      "cut in the content": good.subarray(0, good.length - 2),
      "size beyond the end": longer,
      "another format": arArchive({ "debian-binary": bytes("3.0\n"), "data.tar.xz": bytes("data") }),
      "version not first": arArchive({ "data.tar.xz": bytes("data"), "debian-binary": version }),
      "no content": arArchive({ "debian-binary": version, "control.tar.xz": bytes("c") }),
      "unknown compression": arArchive({ "debian-binary": version, "data.tar.lz": bytes("data") }),
    })) {
      assert.throws(() => decodeDeb(deb), DebianFormatError, reason);
    }
  });

  it("raises no other error, whatever its bytes", () => {
    const good = arArchive({ "debian-binary": version, "data.tar.xz": bytes("some data") });
    const damaged = fc
      .tuple(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.nat(good.length))
      .map(([place, patch, length]) => {
        const copy = Buffer.from(good);
        copy.set(patch.subarray(0, copy.length - place), place);
        return copy.subarray(0, length);
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array()), (deb) => {
        try {
          const { bytes: content } = decodeDeb(deb);
          assert.ok(content.length <= deb.length);
        } catch (error) {
          assert.ok(error instanceof DebianFormatError, String(error));
        }
      }),
    );
  });
});

describe("unpackDebs", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cartenix-deb-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function makeDeb(name: string, files: Record<string, string>): { file: string } {
    const content = join(folder, `${name}.content`);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(content, path, ".."), { recursive: true });
      writeFileSync(join(content, path), text, { mode: 0o750 });
    }
    const tar = execFileSync("tar", ["-c", "-C", content, "."]);
    const file = join(folder, `${name}.deb`);
    writeFileSync(file, arArchive({ "debian-binary": version, "data.tar.gz": gzipSync(tar) }));
    return { file };
  }

  it("keeps modes, follows existing links to folders, and leaves out excluded files", async () => {
    const root = join(folder, "root");
    mkdirSync(join(root, "usr/bin"), { recursive: true });
    symlinkSync("usr/bin", join(root, "bin"));
    const deb = makeDeb("tool", { "bin/tool": "#!", "usr/share/doc/tool/README": "read" });
    await unpackDebs([deb], root, { without: ["./usr/share/doc/*"] });
    assert.equal(readlinkSync(join(root, "bin")), "usr/bin");
    assert.equal(readFileSync(join(root, "usr/bin/tool"), "utf8"), "#!");
    assert.equal(statSync(join(root, "usr/bin/tool")).mode & 0o7777, 0o750);
    assert.throws(() => statSync(join(root, "usr/share/doc/tool")));
  });

  it("names the package that cannot be unpacked", async () => {
    const root = join(folder, "bad");
    mkdirSync(root);
    const file = join(folder, "bad.deb");
    writeFileSync(file, arArchive({ "debian-binary": version, "data.tar.gz": bytes("this is not gzip") }));
    await assert.rejects(
      unpackDebs([{ file }], root),
      (error) => error instanceof DebianError && error.message.includes("bad.deb"),
    );
  });
});
