import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleCommand } from "../../../scripts/packages/bundleCommand.ts";
import { ROOT } from "../../../scripts/packages/stagePackage.ts";

let bundled: Promise<string> | undefined;

/** The command as its users have it, in one file. It is made once a test process, and starts faster than the sources. */
export function bundledCommand(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "cartenix-command-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "dist", "cartenix.js");
  await bundleCommand(file);
  copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
  return file;
}
