import { globSync } from "node:fs";
import { build } from "esbuild";
import type { Contract } from "./contracts.ts";

/** The test files of the contracts, and the contracts that each one deploys. */
export type TestTable = ReadonlyMap<string, ReadonlySet<Contract>>;

/**
 * Finds what each test file deploys from what it imports: it has the contract's name as a text, to read the artifact, or the
 * contract's committed creation code. So nobody has to list it, and a contract that no test names has no living mutant missed.
 */
export async function readTestTable(root: string, contracts: readonly Contract[]): Promise<TestTable> {
  const files = globSync("test/contracts/*.test.ts", { cwd: root }).sort();
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
