import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** What Node 20 and browsers have: a newer function of the language does not compile. */
const LIBRARIES = ["es2023", "es2024.string", "esnext.disposable"];

const OPTIONS = [
  ...["--ignoreConfig", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "--declaration"],
  ...["--target", "es2022", "--lib", LIBRARIES.join(), "--types", "node"],
  ...["--module", "nodenext", "--verbatimModuleSyntax", "--rewriteRelativeImportExtensions"],
];

/** A relative import in a declaration, whose extension the compiler leaves as it is. */
const TYPESCRIPT_IMPORT = /((?:from|import)\s*\(?\s*"\.{1,2}\/[^"]*)\.ts"/g;

/**
 * Compiles modules, and all of ours that they import, to JavaScript with declarations.
 *
 * @param root the folder whose layout the output repeats.
 * @param modules paths relative to it.
 */
export function compileModules(root: string, modules: readonly string[], target: string): void {
  const files = modules.map((module) => join(root, module));
  execFileSync(process.execPath, [tsc, ...OPTIONS, "--rootDir", root, "--outDir", target, ...files], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  for (const file of globSync("**/*.d.ts", { cwd: target })) {
    const path = join(target, file);
    writeFileSync(path, readFileSync(path, "utf8").replace(TYPESCRIPT_IMPORT, '$1.js"'));
  }
}
