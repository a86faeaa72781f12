import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { checkImports, type Rules } from "./checkImports.ts";
import { importsOf } from "./importsOf.ts";
import { ACYCLIC_ROOMS, EXCEPTIONS, LAYERS } from "./rooms.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("imports between rooms", () => {
  it("follow the rules of docs/architecture.md", () => {
    const rules: Rules = { layers: LAYERS, acyclicRooms: ACYCLIC_ROOMS, exceptions: EXCEPTIONS };
    assert.deepEqual(checkImports(sources(), rules), []);
  });

  const rules: Rules = { layers: [["ground"], ["first", "second"]], acyclicRooms: ["first"], exceptions: [] };
  const check = (files: Record<string, string>, changes: Partial<Rules> = {}) =>
    checkImports(new Map(Object.entries(files)), { ...rules, ...changes });

  it("may go down through an index, and anywhere within a room", () => {
    const files = {
      "first/a.ts": 'import { b } from "./deep/b.ts";\nexport { g } from "../ground/index.ts";',
      "test/a.test.ts": 'import "../first/deep/b.ts";',
      "config.ts": 'import { b } from "./first/deep/b.ts";',
    };
    assert.deepEqual(check(files), []);
  });

  for (const [what, file, source, violation] of [
    [
      "go up",
      "ground/a.ts",
      'import "../first/index.ts";',
      /ground\/a\.ts imports first\/index\.ts: first is not below ground/,
    ],
    ["go sideways", "first/a.ts", 'import("../second/index.ts");', /second is not below first/],
    [
      "reach past an index",
      "first/a.ts",
      'import type {\n  G,\n} from "../ground/g.ts";',
      /past ground\/index\.ts/,
    ],
    ["leave the rooms", "first/a.ts", 'import "../test/support.ts";', /outside every room/],
  ] as const) {
    it(`may not ${what}`, () => {
      const violations = check({ [file]: source });
      assert.equal(violations.length, 1);
      assert.match(violations[0]!, violation);
    });
  }

  it("may break a rule only by a named exception that is needed", () => {
    const exceptions = [{ from: "first", to: "ground/g.ts", reason: "shown here" }];
    const files = { "first/a.ts": 'import "../ground/g.ts";' };
    assert.deepEqual(check(files, { exceptions }), []);
    assert.match(check({}, { exceptions }).join(), /from first to ground\/g\.ts is not needed/);
  });

  it("must come from a known room", () => {
    assert.match(check({ "attic/a.ts": "" }).join(), /attic\/a\.ts: its folder is not a room/);
  });

  it("may not form a cycle between the folders of a room listed as acyclic", () => {
    const files = {
      "first/one/a.ts": 'import "../two/b.ts";',
      "first/two/b.ts": 'import "../three/c.ts";',
      "first/three/c.ts": 'import "../one/a.ts";',
    };
    assert.match(check(files).join(), /one → two → three → one/);
  });

  it("are found in every syntactic form", () => {
    const source = [
      'import a, { type B } from "./a.ts";',
      'import {\n  c,\n} from "../c/c.ts";',
      'export * from "./d.ts";',
      'import "./e.ts";',
      'const f = await import("./f.ts");',
      'import fs from "node:fs";',
    ].join("\n");
    const found = ["room/a.ts", "c/c.ts", "room/d.ts", "room/e.ts", "room/f.ts"];
    assert.deepEqual(importsOf("room/x.ts", source), found);
  });
});

/** All TypeScript files that git knows, by path. */
function sources(): Map<string, string> {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.ts"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  const files = listed.split("\0").filter((file) => file !== "" && existsSync(join(ROOT, file)));
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
}
