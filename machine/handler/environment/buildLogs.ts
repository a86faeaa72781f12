import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const FOLDER_NAME_LENGTH = 2;

/**
 * Reads what a derivation's builder wrote from the file in which Nix keeps it. Bytes that are not UTF-8 become U+FFFD.
 *
 * @returns `undefined` for a derivation that was not built here.
 */
export function readBuildLog(logFolder: string, drvPath: string): string | undefined {
  const file = logFile(logFolder, drvPath);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Deletes a derivation's log, if there is one. */
export function removeBuildLog(logFolder: string, drvPath: string): void {
  rmSync(logFile(logFolder, drvPath), { force: true });
}

function logFile(logFolder: string, drvPath: string): string {
  const name = basename(drvPath);
  return join(logFolder, "drvs", name.slice(0, FOLDER_NAME_LENGTH), name.slice(FOLDER_NAME_LENGTH));
}
