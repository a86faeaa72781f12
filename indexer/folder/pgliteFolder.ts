import { join } from "node:path";

/** The folder of PGlite's own files in a data folder. */
export function pgliteFolder(directory: string): string {
  return join(directory, "pglite");
}
