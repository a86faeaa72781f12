import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

const PACKAGE_FOLDER = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/** The names, versions and licences of all packages in some bundles, as one text. */
export function thirdPartyLicences(bundles: readonly Metafile[], root: string): string {
  const folders = new Map<string, string>();
  for (const { outputs } of bundles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const [, folder, name] = input.match(PACKAGE_FOLDER) ?? [];
        if (folder !== undefined && bytesInOutput > 0) {
          folders.set(folder, name!);
        }
      }
    }
  }
  const sections = [...folders.keys()].map((folder) => sectionOf(join(root, folder)));
  return [...new Set(sections)].toSorted().join(`\n${"-".repeat(80)}\n\n`);
}

function sectionOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const [file] = globSync("{LICENSE,LICENCE,license,licence}*", { cwd: folder });
  const text =
    file === undefined ? "The package has no licence file.\n" : readFileSync(join(folder, file), "utf8");
  return `${name} ${version}, ${license ?? "no licence stated"}\n\n${text.trimEnd()}\n`;
}
