import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeTemplate } from "../../machine/image/index.ts";
import { openToolbox } from "../../machine/toolbox/index.ts";
import { CartenixError, createProgress, UsageError } from "../../support/index.ts";
import { needsOf } from "./needsOf.ts";

const USAGE = `usage: npm run unit -- [FILE…] [MOCHA OPTION…]
       npm run watch -- FILE… [MOCHA OPTION…]

Runs test files, or all test files in folders, after making the template and the toolbox if they need them (some minutes the
first time). \`unit\` without a file runs all tests that need neither; \`watch\` reruns tests whenever a file that they import changes.

  npm run unit -- test/nix/nar.test.ts
  npm run unit -- test/protocol test/client
  npm run watch -- test/nix/nar.test.ts --grep symlink`;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ALL_TESTS = "test/**/*.test.ts";

const [command, ...args] = process.argv.slice(2);
try {
  if (args.includes("--help")) {
    console.log(USAGE);
  } else {
    process.exitCode = await run(command === "watch", args);
  }
} catch (error) {
  console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(watch: boolean, args: readonly string[]): Promise<number> {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  const named = end === -1 ? args : args.slice(0, end);
  const mochaOptions = end === -1 ? [] : args.slice(end);
  if (watch && named.length === 0) {
    throw new UsageError("no test file to watch", { remedy: "npm run watch -- test/nix/nar.test.ts" });
  }
  const files = named.length > 0 ? named.flatMap(testFilesIn) : await quickTests();
  await makeNeeded(files);
  const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
  return runNode([...(watch ? ["--watch"] : []), mocha, ...mochaOptions, ...files]);
}

/** The test files at a path: the file itself, or all in a folder. */
function testFilesIn(path: string): string[] {
  const fromRoot = relative(ROOT, resolve(process.env.INIT_CWD ?? process.cwd(), path));
  const isFolder = statSync(join(ROOT, fromRoot), { throwIfNoEntry: false })?.isDirectory();
  const files = globSync(isFolder ? join(fromRoot, "**/*.test.ts") : fromRoot, { cwd: ROOT }).sort();
  if (files.length === 0 || !files.every((file) => file.endsWith(".test.ts"))) {
    throw new UsageError(`${path} is neither a test file nor a folder with test files`, {
      remedy: "name a file such as test/nix/nar.test.ts, or a folder such as test/nix",
    });
  }
  return files;
}

async function quickTests(): Promise<string[]> {
  const needs = await needsOf(globSync(ALL_TESTS, { cwd: ROOT }).sort());
  return [...needs].filter(([, { template, toolbox }]) => !template && !toolbox).map(([file]) => file);
}

async function makeNeeded(files: readonly string[]): Promise<void> {
  const needs = [...(await needsOf(files)).values()];
  const progress = createProgress();
  if (needs.some(({ template }) => template)) {
    await makeTemplate({ progress });
  } else if (needs.some(({ toolbox }) => toolbox)) {
    await openToolbox({ progress });
  }
}

/** Runs Node in this terminal and returns its exit code. */
async function runNode(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => child.kill(signal));
  }
  const [code] = await once(child, "exit");
  return code ?? 1;
}
