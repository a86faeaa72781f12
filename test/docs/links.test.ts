import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const pages = execFileSync("git", ["ls-files", "-z", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter((file) => file && existsSync(join(ROOT, file)));

const readPage = (file: string) => readFileSync(join(ROOT, file), "utf8").replace(/^```[\s\S]*?^```$/gm, "");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(file: string): Set<string> {
  const headings = [...readPage(file).matchAll(/^#{1,6} (.+)$/gm)];
  return new Set(
    headings.map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}

function brokenLinks(file: string): string[] {
  const links = [...readPage(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return links.filter((link) => !/^(https?|mailto):/.test(link)).filter((link) => !isResolvable(file, link));
}

function isResolvable(from: string, link: string): boolean {
  const [path, anchor] = link.split("#");
  const target = path ? resolve(ROOT, dirname(from), path) : join(ROOT, from);
  if (!existsSync(target)) {
    return false;
  }
  return !anchor || (statSync(target).isFile() && anchorsOf(relative(ROOT, target)).has(anchor));
}

/** Files that a page explains how to create. */
const EXAMPLES = new Set(["deploy/chains/11155111.json", "requests/NAME.json"]);

/** Paths in backticks that name no file, relative to the repository's root or to the page's folder. */
function missingPaths(file: string): string[] {
  const room = dirname(file);
  const paths = [...readPage(file).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs|sol|md|c|json5?|yml))`/g)];
  return paths
    .map(([, path]) => path!)
    .filter(
      (path) => !EXAMPLES.has(path) && !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, room, path)),
    );
}

describe("links and paths in the documentation", () => {
  for (const file of pages) {
    it(`point to existing files and headings: ${file}`, () => {
      assert.deepEqual(brokenLinks(file), []);
    });
  }

  it("point to an existing page and heading in errors", () => {
    const sources = execFileSync("git", ["grep", "-hoE", 'docs: "[^"]+"', "--", "*.ts", ":!test"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    const links = [...sources.matchAll(/"(.+)"/g)].map(([, link]) => link!);
    assert.deepEqual(
      links.filter((link) => !isResolvable("README.md", link)),
      [],
    );
  });

  it("name existing files in backticks", () => {
    // History may name files that were deleted.
    const current = pages.filter((file) => file !== "CHANGELOG.md" && !file.startsWith("docs/decisions/"));
    const missing = current.flatMap((file) => missingPaths(file).map((path) => `${file}: ${path}`));
    assert.deepEqual(missing, []);
  });
});
