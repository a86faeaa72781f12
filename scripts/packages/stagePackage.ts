import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PackageDefinition } from "./definition.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const READMES = fileURLToPath(new URL("readmes", import.meta.url));

/** The folder of a package's compiled modules. */
export const LIB = "lib";

interface RootPackage {
  version: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** Empties a package's folder, and writes what every package has: its `package.json`, readme and licence. */
export function startPackage(
  folder: string,
  { name, description, keywords, readme, entryPoints, files, optionalPeers }: PackageDefinition,
  fields: Record<string, unknown> = {},
): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const root = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as RootPackage;
  const versions = { ...root.dependencies, ...root.devDependencies };
  const manifest = {
    name,
    version: root.version,
    description,
    keywords,
    license: root.license,
    type: "module",
    sideEffects: false,
    exports: {
      ...Object.fromEntries(Object.entries(entryPoints).map(([entry, module]) => [entry, exportOf(module)])),
      ...files,
      "./package.json": "./package.json",
    },
    engines: root.engines,
    peerDependencies: Object.fromEntries(optionalPeers.map((peer) => [peer, `^${versions[peer]}`])),
    peerDependenciesMeta: Object.fromEntries(optionalPeers.map((peer) => [peer, { optional: true }])),
    ...fields,
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  cpSync(join(READMES, readme), join(folder, "README.md"));
  cpSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
}

function exportOf(module: string) {
  const path = `./${LIB}/${module.replace(/\.ts$/, "")}`;
  return { types: `${path}.d.ts`, default: `${path}.js` };
}
