import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { compareVersions } from "../../machine/packages/archive/compareVersions.ts";
import { mirrorFromConfiguration } from "../../machine/packages/archive/findMirror.ts";
import { parsePackageIndex, parseSourceIndex } from "../../machine/packages/archive/packageIndex.ts";
import { parseControl } from "../../machine/packages/archive/parseControl.ts";
import { parseRelations } from "../../machine/packages/archive/parseRelations.ts";
import { resolveClosure } from "../../machine/packages/archive/resolveClosure.ts";
import { formatLock, parseLock } from "../../machine/packages/lock.ts";
import { DebianError, DebianFormatError } from "../../machine/packages/packagesErrors.ts";

const sha256 = "ab".repeat(32);

function indexOf(packages: Record<string, Record<string, string>>) {
  const paragraphs = Object.entries(packages).map(([name, fields]) =>
    Object.entries({
      Package: name,
      Version: "1.0-1",
      Architecture: "riscv64",
      Filename: `pool/main/x/${name}_1.0-1_riscv64.deb`,
      SHA256: sha256,
      Size: "10",
      ...fields,
    })
      .map(([field, value]) => `${field}: ${value}`)
      .join("\n"),
  );
  return parsePackageIndex(`${paragraphs.join("\n\n")}\n`);
}

const namesOf = (files: readonly { name: string }[]) => files.map(({ name }) => name);

describe("Debian's control files", () => {
  it("are read field by field, with continuation lines and comments", () => {
    const text = "# top\nPackage: a\nDescription: one\n two\n .\n\n\nPackage: b\r\nX:\n";
    const paragraphs = [...parseControl(text)].map((paragraph) => Object.fromEntries(paragraph));
    assert.deepEqual(paragraphs, [
      { package: "a", description: "one\ntwo\n." },
      { package: "b", x: "" },
    ]);
  });

  it("are refused when a line is not a field", () => {
    assert.throws(() => [...parseControl("no field here\n")], DebianFormatError);
    assert.throws(() => [...parseControl(" continues nothing\n")], DebianFormatError);
  });

  it("raise no other error, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab: \n\t#\r") }), (text) => {
        try {
          for (const paragraph of parseControl(text)) {
            assert.ok(paragraph.size > 0);
          }
        } catch (error) {
          assert.ok(error instanceof DebianFormatError);
        }
      }),
    );
  });
});

describe("Debian's version numbers", () => {
  // each is older than the next
  const ordered = [
    "0~~",
    "0~",
    "0",
    "1.0~rc1-1",
    "1.0-1",
    "1.0-1+b2",
    "1.0-1+b12",
    "1.0-1.1",
    "1.0a-1",
    "1.0+dfsg-1",
    "1.10-1",
    "1:0.1",
  ];

  it("are ordered as dpkg orders them", () => {
    ordered.forEach((left, i) => {
      ordered.forEach((right, j) => {
        assert.equal(Math.sign(compareVersions(left, right)), Math.sign(i - j), `${left} and ${right}`);
      });
    });
  });
});

describe("the dependency resolver", () => {
  it("reads relations as names", () => {
    assert.deepEqual(parseRelations("libc6 (>= 2.38), a:any | b [amd64], c <!nocheck>"), [
      ["libc6"],
      ["a", "b"],
      ["c"],
    ]);
    assert.deepEqual(parseRelations(undefined), []);
  });

  it("follows Depends and Pre-Depends, and sorts by name", () => {
    const index = indexOf({
      top: { Depends: "z, b" },
      z: { "Pre-Depends": "c" },
      b: {},
      c: { Depends: "top" },
      other: {},
    });
    assert.deepEqual(namesOf(resolveClosure(index, { packages: ["top"] })), ["b", "c", "top", "z"]);
  });

  it("prefers an alternative that is already chosen, or else the first that exists", () => {
    const index = indexOf({ top: { Depends: "gone | b | c" }, b: {}, c: {} });
    assert.deepEqual(namesOf(resolveClosure(index, { packages: ["top"] })), ["b", "top"]);
    assert.deepEqual(namesOf(resolveClosure(index, { packages: ["c", "top"] })), ["c", "top"]);
  });

  it("resolves a virtual package to a provider", () => {
    const index = indexOf({
      top: { Depends: "awk" },
      mawk: { Provides: "awk" },
      gawk: { Provides: "x, awk (= 1)" },
    });
    assert.deepEqual(namesOf(resolveClosure(index, { packages: ["top"] })), ["gawk", "top"]);
    assert.deepEqual(namesOf(resolveClosure(index, { packages: ["mawk", "top"] })), ["mawk", "top"]);
  });

  it("leaves out excluded packages and what only they need", () => {
    const index = indexOf({ top: { Depends: "a, b" }, a: { Depends: "c" }, b: {}, c: {} });
    assert.deepEqual(namesOf(resolveClosure(index, { packages: ["top"], without: ["a"] })), ["b", "top"]);
  });

  it("reports what is missing and which package depends on it", () => {
    const index = indexOf({ top: { Depends: "ghost" } });
    const names = (error: unknown) =>
      error instanceof DebianError && /top depends on ghost/.test(error.message);
    assert.throws(() => resolveClosure(index, { packages: ["top"] }), names);
    assert.throws(() => resolveClosure(index, { packages: ["nobody"] }), /no package nobody/);
  });
});

describe("Debian's indices", () => {
  it("yield the newest of several versions", () => {
    const entry = (version: string) =>
      `Package: a\nVersion: ${version}\nArchitecture: all\nFilename: pool/a_${version}.deb\nSHA256: ${sha256}\nSize: 1\n`;
    const index = parsePackageIndex([entry("6.12.94-1"), entry("6.12.107-1"), entry("6.12.9-1")].join("\n"));
    assert.equal(index.packages.get("a")?.file.version, "6.12.107-1");
  });

  it("are refused when an entry leaves the pool or has no sha256", () => {
    const entry = (path: string, sum: string) =>
      `Package: a\nVersion: 1\nArchitecture: all\nFilename: ${path}\nSHA256: ${sum}\nSize: 1\n`;
    for (const text of [
      entry("pool/../../etc/passwd", sha256),
      entry("/etc/passwd", sha256),
      entry("pool/a.deb", "ab"),
      "Package: a\nVersion: 1\n",
    ]) {
      assert.throws(() => parsePackageIndex(text), DebianFormatError, text);
    }
  });

  it("yield the upstream tarball of a source package, not its signature", () => {
    const text = [
      "Package: hello\nVersion: 2.10-5\nDirectory: pool/main/h/hello",
      `Checksums-Sha256:\n ${"0".repeat(64)} 9 hello_2.10-5.dsc\n ${sha256} 725946 hello_2.10.orig.tar.gz`,
      ` ${"1".repeat(64)} 819 hello_2.10.orig.tar.gz.asc\n`,
    ].join("\n");
    assert.deepEqual(parseSourceIndex(text, ["hello"]).get("hello"), {
      name: "hello",
      version: "2.10-5",
      architecture: "source",
      path: "pool/main/h/hello/hello_2.10.orig.tar.gz",
      sha256,
      size: 725_946,
    });
  });
});

describe("a lock file", () => {
  const file = {
    name: "b",
    version: "1:2.0~rc1+x-1",
    architecture: "riscv64",
    path: "pool/b.deb",
    sha256,
    size: 3,
  };

  it("is formatted the same whatever the order, and parsed back", () => {
    const other = { ...file, name: "a" };
    const text = formatLock({ suite: "trixie", files: [file, other] });
    assert.equal(text, formatLock({ suite: "trixie", files: [other, file] }));
    assert.deepEqual(parseLock(text), { suite: "trixie", files: [other, file] });
  });

  it("is refused when it is malformed", () => {
    const malformed: unknown[] = [
      null,
      [],
      { suite: "trixie" },
      { suite: "../x", files: [] },
      ...[
        { sha256: "AB".repeat(32) },
        { path: "pool/../x" },
        { path: "http://x/pool/a" },
        { size: 0 },
        { size: "3" },
        { size: 1e15 },
        { name: "-x" },
        { version: "1 2" },
      ].map((change) => ({ suite: "trixie", files: [{ ...file, ...change }] })),
    ];
    for (const value of malformed) {
      assert.throws(() => parseLock(JSON.stringify(value)), DebianFormatError, JSON.stringify(value));
    }
    assert.throws(() => parseLock("{"), DebianFormatError);
  });
});

describe("the mirror", () => {
  const list = (text: string) => [{ name: "sources.list", text }];

  it("is found in a one-line sources.list", () => {
    const text =
      "# deb http://old.example/debian x main\ndeb [arch=amd64 signed-by=/k] https://a.example/debian/ bookworm main contrib\n";
    assert.equal(mirrorFromConfiguration(list(text)), "https://a.example/debian");
  });

  it("is found in a deb822 file, skipping security and third-party archives", () => {
    const text = [
      "Types: deb\nURIs: http://a.example/debian-security\nSuites: trixie-security\nComponents: main",
      "Types: deb\nURIs: http://b.example/debian\nSuites: trixie\nComponents: main\nEnabled: no",
      "Types: deb\n# http://snapshot.example/debian/2025\nURIs: http://tool.example/apt http://c.example/mirror/debian\nSuites: trixie\nComponents: main",
    ].join("\n\n");
    const sources = [
      { name: "sources.list", text: "" },
      { name: "debian.sources", text },
    ];
    assert.equal(mirrorFromConfiguration(sources), "http://c.example/mirror/debian");
  });

  it("is not taken from other distributions, media or archives without main", () => {
    for (const text of [
      "deb http://archive.example/ubuntu noble main\n",
      "deb cdrom:[Debian]/debian trixie main\n",
      "deb file:/srv/debian trixie main\n",
      "deb http://a.example/debian trixie contrib\n",
      "",
    ]) {
      assert.equal(mirrorFromConfiguration(list(text)), undefined, text);
    }
  });
});
