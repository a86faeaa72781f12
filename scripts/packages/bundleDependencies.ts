import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

/** An import from a package, as the compiler writes it, and not from a file of ours (`./x.js`), by an alias (`#x`) or from Node. */
const PACKAGE_IMPORT = /^(?:import|export) .*? from "(?!node:)([^".#][^"]*)";$/gm;

/** Leaves imports between our modules as they are. */
const keepOurModules: Plugin = {
  name: "keep-our-modules",
  setup({ onResolve }) {
    onResolve({ filter: /^[.#]/ }, ({ path, importer, kind }) =>
      kind !== "entry-point" && !importer.includes("/node_modules/") ? { path, external: true } : undefined,
    );
  },
};

const BUILT_IN = new RegExp(`^(?:${builtinModules.join("|")})$`);

/** Lets a CommonJS package have Node's modules: a module has no `require`. */
const importBuiltIns: Plugin = {
  name: "import-built-ins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: BUILT_IN }, ({ path, kind }) =>
      kind === "require-call" ? { path, namespace: "built-in" } : undefined,
    );
    onLoad({ filter: /^/, namespace: "built-in" }, ({ path }) => ({
      contents: `export * from "node:${path}";`,
    }));
  },
};

/**
 * Bundles packages into those modules of a folder that import them. What several modules import becomes a file that they share.
 *
 * @param except packages that stay imports.
 * @returns what was bundled.
 */
export async function bundleDependencies(
  folder: string,
  { root, except }: { root: string; except: readonly string[] },
): Promise<Metafile> {
  const modules = globSync("**/*.js", { cwd: folder }).map((file) => join(folder, file));
  const { metafile } = await build({
    absWorkingDir: root,
    nodePaths: [join(root, "node_modules")],
    entryPoints: modules.filter((module) =>
      packagesIn(readFileSync(module, "utf8")).some((name) => !except.includes(name)),
    ),
    outdir: folder,
    outbase: folder,
    chunkNames: "bundled/[name]-[hash]",
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    metafile: true,
    platform: "node",
    target: "es2022",
    format: "esm",
    external: [...except],
    plugins: [keepOurModules, importBuiltIns],
    legalComments: "none",
    logLevel: "warning",
  });
  return metafile;
}

/** The names of the packages that a module imports. */
function packagesIn(source: string): string[] {
  const specifiers = [...source.matchAll(PACKAGE_IMPORT)].map(([, specifier]) => specifier!);
  return [...new Set(specifiers.map((specifier) => specifier.match(/^(@[^/]+\/)?[^/]+/)![0]))];
}
