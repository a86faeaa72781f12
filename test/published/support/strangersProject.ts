import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../../../scripts/packages/stagePackage.ts";

/** Somebody else's project, with packages of ours as npm installs them. */
export interface StrangersProject {
  readonly folder: string;
  /** The packages as `npm pack` packs them. */
  readonly archives: readonly string[];
  write(files: Readonly<Record<string, string>>): void;
  /** Adds packages from this repository's own `node_modules`, instead of installing them again. */
  link(...names: string[]): void;
  remove(): void;
}

/**
 * Packs packages and installs them in an empty folder, from the archives alone: they must have no dependencies.
 *
 * @param stages makes each package in a folder.
 */
export async function startProject(
  ...stages: readonly ((folder: string) => Promise<void>)[]
): Promise<StrangersProject> {
  const scratch = mkdtempSync(join(tmpdir(), "cartenix-stranger-"));
  const folder = join(scratch, "project");
  const npm = (...args: string[]) =>
    execFileSync("npm", [...args, "--silent"], { cwd: folder, encoding: "utf8" });
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "name": "stranger", "private": true, "type": "module" }\n');
  const archives: string[] = [];
  for (const [index, stage] of stages.entries()) {
    const staged = join(scratch, `package-${index}`);
    await stage(staged);
    archives.push(join(scratch, npm("pack", staged, "--pack-destination", scratch).trim()));
  }
  npm("install", "--offline", ...archives);
  return {
    folder,
    archives,
    write(files) {
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
    },
    link(...names) {
      for (const name of names) {
        const target = join(folder, "node_modules", name);
        mkdirSync(dirname(target), { recursive: true });
        symlinkSync(join(ROOT, "node_modules", name), target);
      }
    },
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
}
