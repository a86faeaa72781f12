import { copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");

/** What only the repository has: the command says so where it is missing. */
const OPERATOR_PARTS = ["./operator/*", "../operator/*"];

/** CommonJS packages call it. */
const REQUIRE =
  'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);';

/** Bundles the command with all that it imports into one file, and puts `package.json`, whose version it reads, one folder above it. */
export async function bundleCommand(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, "cli/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: OPERATOR_PARTS,
    banner: { js: REQUIRE },
    logLevel: "error",
  });
  await copyFile(join(ROOT, "package.json"), join(dirname(outfile), "../package.json"));
}
