import { chmodSync, cpSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { ROOT } from "./stagePackage.ts";

const ENTRY = "cli/main.ts";

/** What only the repository has: the command says so where it is missing. */
const OPERATOR_PARTS = ["./operator/*", "../operator/*"];

/** What the evaluator reads when it runs, beside the modules that read it. */
const ASSETS = ["machine/evaluator/cartenix", "machine/packages/lock"];
/** The modules that do, without their extension. */
export const ASSET_READERS = ["machine/evaluator/cartenixExpressions", "machine/packages/lock"] as const;

/** Lets a module look beside another place, which is relative to the module. */
export function placeOfAssets(source: string, place: string): string {
  return source.replaceAll("import.meta.url", `new URL(${JSON.stringify(place)}, import.meta.url).href`);
}

/** Lets these modules look where they would be if they were in the folder above the bundle. */
const assetPlaces: Plugin = {
  name: "asset places",
  setup({ onLoad }) {
    onLoad({ filter: new RegExp(`/(${ASSET_READERS.join("|")})\\.ts$`) }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: placeOfAssets(text, join("..", relative(ROOT, path))), loader: "ts" };
    });
  },
};

/** CommonJS packages call it. */
const REQUIRE =
  'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);';

/**
 * Bundles the command with all that it imports into one executable file, and puts what it reads when it runs into the folder above.
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
    plugins: [assetPlaces],
    legalComments: "none",
    logLevel: "error",
  });
  chmodSync(outfile, 0o755);
  for (const asset of ASSETS) {
    cpSync(join(ROOT, asset), join(dirname(outfile), "..", asset), { recursive: true });
  }
  return metafile;
}
