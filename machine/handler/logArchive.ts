import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** The logs of all builds, a file each. */
export class LogArchive {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  put(drvPath: string, log: string): void {
    writeFileSync(this.#fileOf(drvPath), log);
  }

  /** @returns `undefined` for a derivation that was not built by an input. */
  get(drvPath: string): string | undefined {
    const file = this.#fileOf(drvPath);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  #fileOf(drvPath: string): string {
    return join(this.#folder, `${basename(drvPath)}.log`);
  }
}
