import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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
import { afterEach, beforeEach, describe, it } from "mocha";
import { decodeTar } from "../../machine/packages/deb/decodeTar.ts";
import { decompress } from "../../machine/packages/deb/decompress.ts";
import { unpackDebs } from "../../machine/packages/deb/unpackDebs.ts";
import { DebianError, DebianFormatError } from "../../machine/packages/packagesErrors.ts";
import { arArchive } from "./support/arArchive.ts";
import { type RawEntry, tarArchive } from "./support/tarArchive.ts";

const long = (type: "L" | "K", name: string): RawEntry => ({
  path: "././@LongLink",
  type,
  content: `${name}\0`,
});

describe("a package with a hostile archive", () => {
  let folder: string;
  let root: string;
  let outside: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cartenix-tar-"));
    root = join(folder, "root");
    outside = join(folder, "outside");
    for (const place of [join(root, "usr/bin"), outside]) {
      mkdirSync(place, { recursive: true });
    }
    symlinkSync("usr/bin", join(root, "bin"));
    writeFileSync(join(outside, "file"), "untouched", { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  let packages = 0;
  const unpack = (...archives: (readonly RawEntry[] | Uint8Array)[]) =>
    unpackDebs(
      archives.map((archive) => {
        const tar = archive instanceof Uint8Array ? archive : tarArchive(archive);
        const file = join(folder, `${++packages}.deb`);
        const members = { "debian-binary": Buffer.from("2.0\n"), "data.tar.gz": gzipSync(tar) };
        writeFileSync(file, arArchive(members));
        return { file };
      }),
      root,
    );
  const expectUntouched = () => {
    assert.deepEqual(readdirSync(outside), ["file"]);
    assert.equal(readFileSync(join(outside, "file"), "utf8"), "untouched");
    const { mode, nlink } = statSync(join(outside, "file"));
    assert.deepEqual([mode & 0o7777, nlink], [0o600, 1]);
    const known = /^(root|outside|\d+\.deb)$/;
    assert.deepEqual(
      readdirSync(folder).filter((name) => !known.test(name)),
      [],
    );
  };
  const file = (path: string): RawEntry => ({ path, content: "evil" });
  const folderAt = (path: string): RawEntry => ({ path, type: "5", mode: "0000777\0" });
  const link = (path: string, target: string): RawEntry => ({ path, type: "2", target });
  const hardLink = (path: string, target: string): RawEntry => ({ path, type: "1", target });

  const refused: [what: string, archives: () => (readonly RawEntry[])[]][] = [
    ["a path up and out", () => [[file("./../outside/file")]]],
    ["a path up in its middle", () => [[file("./usr/../../outside/file")]]],
    ["an absolute path", () => [[file(join(outside, "file"))]]],
    ["a long path up and out", () => [[long("L", "./../outside/new"), file("./x")]]],
    ["a prefix that leads out", () => [[{ path: "outside/new", prefix: "..", content: "evil" }]]],
    ["a file through a relative link out of the root", () => [[link("./l", "../outside"), file("./l/file")]]],
    ["the same in two packages", () => [[link("./l", "../outside")], [file("./l/file")]]],
    ["a folder through a link out", () => [[link("./l", "../outside")], [folderAt("./l/new/")]]],
    ["the mode of a folder outside", () => [[link("./l", "../outside")], [folderAt("./l")]]],
    [
      "a file through a chain of links",
      () => [
        [
          link("./usr/a", "../b"),
          link("./b", "usr/bin/../../c"),
          link("./c", "../outside"),
          file("./usr/a/file"),
        ],
      ],
    ],
    ["a long link out", () => [[long("K", "../outside"), link("./l", "x"), file("./l/file")]]],
    ["a link to itself", () => [[link("./l", "l"), file("./l/file")]]],
    ["a hard link to a file outside", () => [[hardLink("./h", "./../outside/file")]]],
    ["a hard link by an absolute path", () => [[hardLink("./h", join(outside, "file"))]]],
    ["a hard link through a link out", () => [[link("./l", "../outside"), hardLink("./h", "./l/file")]]],
    ["a hard link to a link", () => [[link("./l", "../outside/file"), hardLink("./h", "./l"), file("./h")]]],
    ["a hard link to nothing", () => [[hardLink("./h", "./nothing")]]],
    ["a character device", () => [[{ path: "./tty", type: "3" }]]],
    ["a block device", () => [[{ path: "./disk", type: "4" }]]],
    ["a pipe", () => [[{ path: "./pipe", type: "6" }]]],
    ["a pax header", () => [[{ path: "./pax", type: "x", content: "20 path=../evil.txt\n" }, file("./x")]]],
    ["a sparse file", () => [[{ path: "./sparse", type: "S" }]]],
    ["an entry without a path", () => [[file("")]]],
    ["a file in the place of the root", () => [[file("./")]]],
    ["a file in the place of a folder", () => [[file("./usr/bin")]]],
    ["a file through a file", () => [[file("./x"), file("./x/y")]]],
    ["a name that is too long", () => [[long("L", `./${"n".repeat(256)}`), file("./x")]]],
    ["a path that is too long", () => [[long("L", `./${"n/".repeat(2_100)}x`), file("./x")]]],
    ["a size beyond the archive", () => [[{ path: "./x", size: "77777777777\0" }]]],
    ["a negative size", () => [[{ path: "./x", size: "-0000000001\0" }]]],
    ["a size in base 256", () => [[{ path: "./x", size: "\u0080\0\0\0\0\0\0\0\0\0\0\u0001" }]]],
    ["a folder with content", () => [[{ path: "./x", type: "5", content: "evil" }]]],
  ];
  for (const [what, archives] of refused) {
    it(`is refused with ${what}, and nothing is written outside`, async () => {
      await assert.rejects(unpack(...archives()), (error) => {
        return error instanceof DebianError && /^cannot unpack .*\.deb/.test(error.shortMessage);
      });
      expectUntouched();
    });
  }

  it("cannot write through a link that leads out, but replaces the link", async () => {
    await unpack([link("./l", "../outside/file")], [file("./l")]);
    assert.equal(readFileSync(join(root, "l"), "utf8"), "evil");
    assert.ok(lstatSync(join(root, "l")).isFile());
    expectUntouched();
  });

  it("reaches the root's own folders by an absolute link, not those of the host", async () => {
    await unpack([link("./etc", outside), file("./etc/new"), file("./bin/tool")]);
    assert.equal(readFileSync(join(root, outside, "new"), "utf8"), "evil");
    assert.equal(readFileSync(join(root, "usr/bin/tool"), "utf8"), "evil");
    assert.equal(readlinkSync(join(root, "etc")), outside);
    expectUntouched();
  });

  it("cannot change a file that another package linked, through the link", async () => {
    await unpack([{ path: "./a", content: "first" }, hardLink("./b", "./a")], [file("./b")]);
    assert.equal(readFileSync(join(root, "a"), "utf8"), "first");
  });

  it("cannot fill the memory", async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    await assert.rejects(decompress({ bytes: bomb, compression: "gzip" }, 1_000_000), DebianFormatError);
    const xz = execFileSync("xz", ["-c"], { input: Buffer.alloc(10_000_000) });
    await assert.rejects(decompress({ bytes: xz, compression: "xz" }, 1_000_000), DebianFormatError);
    assert.equal((await decompress({ bytes: xz, compression: "xz" }, 10_000_000)).length, 10_000_000);
  });

  it("is refused when it is cut or something follows its end", async () => {
    const whole = tarArchive([file("./x")]);
    for (const tar of [
      whole.subarray(0, 1_000),
      whole.subarray(0, 1_024),
      Buffer.concat([whole, Buffer.from("x")]),
      Buffer.concat([whole, tarArchive([file("./y")])]),
      Buffer.alloc(0),
    ]) {
      await assert.rejects(unpack(tar), DebianError);
    }
    assert.equal(existsSync(join(root, "y")), false);
  });

  it("raises no other error, whatever its bytes", () => {
    const good = tarArchive([
      folderAt("./"),
      file("./usr/x"),
      link("./l", "usr/x"),
      hardLink("./h", "./usr/x"),
      long("L", `./${"n/".repeat(100)}x`),
      file("./short"),
    ]);
    const paths = [...decodeTar(good)].map(({ path }) => path);
    assert.deepEqual(paths, ["", "usr/x", "l", "h", `${"n/".repeat(100)}x`]);
    const damaged = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => {
      const copy = Buffer.from(good);
      copy[at] = byte;
      const header = copy.subarray(at - (at % 512), at - (at % 512) + 512);
      header.write(" ".repeat(8), 148);
      const sum = header.reduce((total, one) => total + one, 0);
      header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
      return copy;
    });
    fc.assert(
      fc.property(damaged, (tar) => {
        try {
          for (const { path } of decodeTar(tar)) {
            assert.ok(!path.startsWith("/") && !path.split("/").includes(".."));
          }
        } catch (error) {
          assert.ok(error instanceof DebianFormatError, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
