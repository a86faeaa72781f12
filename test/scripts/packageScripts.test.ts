import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { scripts, devDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
};

describe("the npm scripts", () => {
  // A shell remembers where it found `node` when it ran the setup; the project's own Node, which the setup installs, is elsewhere.
  it("look up node again after the setup", () => {
    for (const [name, command] of Object.entries(scripts)) {
      const [setup, ...rest] = command.split(" && ");
      assert.equal(setup, "node scripts/setup.mjs", name);
      for (const later of rest) {
        assert.doesNotMatch(later, /^node\b/, name);
      }
    }
  });

  it("run files that exist", () => {
    for (const [name, command] of Object.entries(scripts)) {
      for (const [, file] of command.matchAll(/\bnode (\S+\.m?[jt]s)\b/g)) {
        assert.ok(existsSync(`${root}${file}`), `${name}: ${file}`);
      }
    }
  });

  it("are all described in CONTRIBUTING.md", () => {
    const guide = readFileSync(`${root}CONTRIBUTING.md`, "utf8");
    for (const name of Object.keys(scripts)) {
      assert.match(guide, new RegExp(`\`npm (run )?${name}\\b`), name);
    }
  });

  // `typescript6`, which TypeDoc needs, brings a `tsc` too.
  it("compile with TypeScript 7", () => {
    const { stdout } = spawnSync(`${root}node_modules/.bin/tsc`, ["--version"], { encoding: "utf8" });
    assert.equal(stdout.trim(), `Version ${devDependencies.typescript}`, "`npm ci` fixes it");
  });
});
