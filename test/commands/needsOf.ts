import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What a test file needs that takes minutes to make the first time. */
export interface Needs {
  readonly template: boolean;
  readonly toolbox: boolean;
}

/** The module that makes each of them: a test that imports it, directly or indirectly, needs what it makes. */
const MAKERS: Readonly<Record<keyof Needs, string>> = {
  template: "machine/image/makeTemplate.ts",
  toolbox: "machine/toolbox/openToolbox.ts",
};

/**
 * Finds what each test file needs, by its imports.
 *
 * @param files paths relative to the repository.
 */
export async function needsOf(files: readonly string[]): Promise<Map<string, Needs>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...files],
    outdir: "unused",
    outbase: ".",
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    external: ["*.wasm"],
    logLevel: "error",
  });
  const needs = new Map<string, Needs>();
  for (const { entryPoint, inputs } of Object.values(metafile.outputs)) {
    const imports = (module: string) => (inputs[module]?.bytesInOutput ?? 0) > 0;
    needs.set(entryPoint!, { template: imports(MAKERS.template), toolbox: imports(MAKERS.toolbox) });
  }
  return needs;
}
