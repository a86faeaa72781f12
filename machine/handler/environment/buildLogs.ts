import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

const LETTERS_OF_FOLDER = 2;

/**
 * What a derivation's builder wrote, from the file in which Nix keeps it. Bytes that are not UTF-8 become U+FFFD.
 *
 * @returns `undefined` for a derivation that was not built here.
 */
export function readBuildLog(logFolder: string, drvPath: string): string | undefined {
  const file = placeOf(logFolder, drvPath);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Deletes a derivation's log, if there is one. */
export function removeBuildLog(logFolder: string, drvPath: string): void {
  rmSync(placeOf(logFolder, drvPath), { force: true });
}

function placeOf(logFolder: string, drvPath: string): string {
  const name = basename(drvPath);
  return join(logFolder, "drvs", name.slice(0, LETTERS_OF_FOLDER), name.slice(LETTERS_OF_FOLDER));
}
