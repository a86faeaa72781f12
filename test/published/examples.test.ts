import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { CARTENIX } from "../../scripts/packages/definition.ts";
import { stageCartenix } from "../../scripts/packages/stageCartenix.ts";
import { stageContracts } from "../../scripts/packages/stageContracts.ts";
import { LIB, ROOT } from "../../scripts/packages/stagePackage.ts";
import {
  type Example,
  examplesInDeclarations,
  examplesInPage,
  isComplete,
  programOf,
} from "./support/examplesIn.ts";
import { type StrangersProject, startProject } from "./support/strangersProject.ts";

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

const PAGES = [
  "nix/README.md",
  "scripts/packages/readmes/cartenix.md",
  "scripts/packages/readmes/contracts.md",
];

const STRICT = ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck"];
const TARGET = ["--target", "es2023", "--module", "nodenext", "--types", "node"];

describe("The examples of the packages", function () {
  this.timeout(300_000);
  let project: StrangersProject;
  let programs: Map<string, Example>;

  before(async () => {
    project = await startProject(stageCartenix, stageContracts);
    project.link("@types/node", "hono", "undici-types", "viem");
    const lib = join(project.folder, "node_modules/cartenix", LIB);
    const examples = [
      ...PAGES.flatMap((page) => examplesInPage(ROOT, page)),
      ...examplesInDeclarations(lib, await exportsOf(lib)),
    ];
    programs = new Map(examples.map((example, index) => [`example${index}.ts`, example]));
    project.write(Object.fromEntries([...programs].map(([file, example]) => [file, programOf(example)])));
  });

  after(() => project?.remove());

  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: project.folder, encoding: "utf8" });

  it("compile in a strict project, each by itself", () => {
    const { status, stdout } = run(tsc, ...STRICT, ...TARGET, ...programs.keys());
    const errors = stdout.replaceAll(/example\d+\.ts/g, (file) => `${file} (${programs.get(file)?.place})`);
    assert.deepEqual({ status, errors }, { status: 0, errors: "" });
  });

  it("run, and have the values that their comments say", () => {
    const complete = [...programs].filter(([, example]) => isComplete(example));
    assert.ok(complete.length > PAGES.length);
    for (const [file, { place }] of complete) {
      const { status, stderr } = run(file);
      assert.equal(status, 0, `${place}: ${stderr}`);
    }
  });

  /** The names that each entry point exports; of two with the same name, the first. */
  async function exportsOf(lib: string): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    const taken = new Set<string>();
    for (const [entry, module] of Object.entries(CARTENIX.entryPoints)) {
      if (entry === "./schema") {
        continue; // needs Ponder's program around it
      }
      const names = Object.keys(await import(join(lib, module.replace(/\.ts$/, ".js"))));
      found.set(
        `cartenix${entry.slice(1)}`,
        names.filter((name) => !taken.has(name)),
      );
      for (const name of names) {
        taken.add(name);
      }
    }
    return found;
  }
});
