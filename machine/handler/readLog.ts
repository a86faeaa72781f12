import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const LETTERS_OF_FOLDER = 2;

/**
 * What a derivation's builder wrote, from the file in which Nix keeps it. Bytes that are not UTF-8 become U+FFFD.
 *
 * @returns `undefined` for a derivation that was not built here.
 */
export function readLog(logFolder: string, drvPath: string): string | undefined {
  const name = basename(drvPath);
  const file = join(logFolder, "drvs", name.slice(0, LETTERS_OF_FOLDER), name.slice(LETTERS_OF_FOLDER));
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
