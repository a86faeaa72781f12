import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type HandlerConfig, parseConfig } from "./config.ts";
import { buildsCgroup, confineScript } from "./confinement.ts";

const require = createRequire(import.meta.url);
const entry = fileURLToPath(new URL("main.ts", import.meta.url));

// There is one processor: threads that compile and collect garbage beside the main one only get in its way. And while a
// build runs, V8 would use the pause to collect garbage, 110 million cycles each time.
const START = `#!/bin/sh
exec /usr/bin/node --single-threaded --no-memory-reducer /opt/cartenix/handler.mjs
`;

/** What of `@deroll/cmio` and of the package that finds its native part is needed inside the machine. */
const packages = [
  {
    name: "@deroll/cmio",
    files: ["package.json", "binding.gyp", "dist/index.js", "prebuilds/linux-riscv64/@deroll+cmio.node"],
  },
  { name: "node-gyp-build", files: ["package.json", "index.js", "node-gyp-build.js"] },
];

/**
 * Lays the handler's job drive into an empty folder: `start`, `handler.mjs`, `config.json` and the native part of
 * `@deroll/cmio` for riscv64. The same sources give the same bytes.
 */
export async function bundleHandler(folder: string, config: HandlerConfig): Promise<void> {
  const configText = `${JSON.stringify(config)}\n`;
  parseConfig(configText);
  await build({
    entryPoints: [entry],
    outfile: join(folder, "handler.mjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minify: true,
    legalComments: "none",
    external: ["@deroll/cmio"],
    logLevel: "silent",
  });
  for (const { name, files } of packages) {
    const source = dirname(require.resolve(`${name}/package.json`));
    for (const file of files) {
      const target = join(folder, "node_modules", name, file);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(source, file), target);
      await chmod(target, 0o644);
    }
  }
  await writeFile(join(folder, "config.json"), configText);
  await writeFile(join(folder, "start"), START, { mode: 0o755 });
  await writeFile(join(folder, "confine"), confineScript(buildsCgroup), { mode: 0o755 });
}
