import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BUILDS_CGROUP, type HandlerConfig, parseConfig } from "../../handler/index.ts";
import { confineScript } from "./confineScript.ts";

const require = createRequire(import.meta.url);
const ENTRY = fileURLToPath(new URL("../../handler/main.ts", import.meta.url));

// The machine has one processor: threads that compile and collect garbage only slow down the main one. And V8 would use
// the pause while a build runs to collect garbage, 110 million cycles each time.
const START_SCRIPT = `#!/bin/sh
exec /usr/bin/node --single-threaded --no-memory-reducer /opt/cartenix/handler.mjs
`;

/** What the machine needs of `@deroll/cmio`, and of the package that finds its native addon. */
const PACKAGES = [
  {
    name: "@deroll/cmio",
    files: ["package.json", "binding.gyp", "dist/index.js", "prebuilds/linux-riscv64/@deroll+cmio.node"],
  },
  { name: "node-gyp-build", files: ["package.json", "index.js", "node-gyp-build.js"] },
];

/**
 * Writes the content of the handler's job drive into an empty folder: `start`, `confine`, `handler.mjs`, `config.json` and
 * the native addon of `@deroll/cmio` for riscv64. The same sources give the same bytes.
 */
export async function buildHandlerProgram(folder: string, config: HandlerConfig): Promise<void> {
  const configText = `${JSON.stringify(config)}\n`;
  parseConfig(configText);
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    write: false, // esbuild's process would make the folder anew after an interrupted one of ours removed it
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minify: true,
    legalComments: "none",
    external: ["@deroll/cmio"],
    logLevel: "silent",
  });
  await writeFile(join(folder, "handler.mjs"), outputFiles[0]!.contents);
  for (const { name, files } of PACKAGES) {
    const source = dirname(require.resolve(`${name}/package.json`));
    for (const file of files) {
      const target = join(folder, "node_modules", name, file);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(source, file), target);
      await chmod(target, 0o644);
    }
  }
  await writeFile(join(folder, "config.json"), configText);
  await writeFile(join(folder, "start"), START_SCRIPT, { mode: 0o755 });
  await writeFile(join(folder, "confine"), confineScript(BUILDS_CGROUP), { mode: 0o755 });
}
