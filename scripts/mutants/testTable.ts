import { globSync } from "node:fs";
import { build } from "esbuild";
import type { Contract } from "./contracts.ts";

/** The test files of the contracts, and the contracts that each one deploys. */
export type TestTable = ReadonlyMap<string, ReadonlySet<Contract>>;

/**
 * Finds what each test file deploys, from its bundled source: a contract's name as a text, with which it reads the artifact, or the
 * contract's committed creation code. Nothing is listed by hand; the mutants of a contract that this misses live.
 */
export async function readTestTable(root: string, contracts: readonly Contract[]): Promise<TestTable> {
  const files = globSync("test/contracts/**/*.test.ts", { cwd: root }).sort();
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir: "/",
    outbase: ".",
    outExtension: { ".js": ".ts" },
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    external: ["*.wasm"],
    logLevel: "error",
  });
  return new Map(
    outputFiles.map(({ path, text }) => [
      path.slice(1),
      new Set(
        contracts.filter(({ name, bytecode }) => text.includes(`"${name}"`) || text.includes(bytecode)),
      ),
    ]),
  );
}
