import { execFileSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { generate } from "./generate.ts";

const ROOT = join(import.meta.dirname, "../..");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** Makes `dist/`, which the package contains in addition to the Solidity sources: `cartenix/abi`, `cartenix/ethers` and `cartenix/schema` as JavaScript. */
export async function build(): Promise<void> {
  await generate();
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  compile("abi", "abi", ["abi/package.ts"]);
  compile("indexer", "schema", ["indexer/ponder.schema.ts"]);
  compile("types/ethers", "ethers", globSync("types/ethers/**/*.ts", { cwd: ROOT }));
}

function compile(rootDir: string, target: string, files: string[]): void {
  const options = [
    ...["--rootDir", rootDir, "--outDir", join("dist", target)],
    ...["--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", "--declaration"],
    ...["--rewriteRelativeImportExtensions", "--skipLibCheck", "--ignoreConfig"],
  ];
  execFileSync(process.execPath, [tsc, ...options, ...files], { cwd: ROOT, stdio: ["ignore", 2, 2] });
}

if (import.meta.main) {
  await build();
}
