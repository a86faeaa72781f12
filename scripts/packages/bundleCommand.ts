import { chmodSync } from "node:fs";
import { build, type Metafile } from "esbuild";
import { ROOT } from "./stagePackage.ts";

const ENTRY = "cli/main.ts";

/** What only the repository has: the command says so where it is missing. */
const OPERATOR_PARTS = ["./operator/*", "../operator/*"];

/** CommonJS packages call it. */
const REQUIRE =
  'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);';

/**
 * Bundles the command with all that it imports into one executable file.
 *
 * @returns what went into it.
 */
export async function bundleCommand(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [ENTRY],
    outfile,
    bundle: true,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: OPERATOR_PARTS,
    banner: { js: REQUIRE },
    legalComments: "none",
    logLevel: "error",
  });
  chmodSync(outfile, 0o755);
  return metafile;
}
