import { quote } from "../bytes/quote.ts";
import { ExportFormatError } from "../nixErrors.ts";
import type { ExportedPath } from "./exportedPath.ts";

/** Checks that every path appears once, and before those that refer to it. */
export class ExportOrder {
  readonly #seen = new Set<string>();
  /** A path that has not appeared yet → the first path that refers to it. */
  readonly #awaited = new Map<string, string>();

  /** @throws {ExportFormatError} if the path appeared before, or after a path that refers to it. */
  add({ path, references }: Pick<ExportedPath, "path" | "references">, position?: number): void {
    if (this.#seen.has(path)) {
      throw new ExportFormatError(`${quote(path)} appears twice`, position);
    }
    const referrer = this.#awaited.get(path);
    if (referrer !== undefined) {
      throw new ExportFormatError(
        `${quote(path)} comes after ${quote(referrer)}, which refers to it`,
        position,
      );
    }
    this.#seen.add(path);
    for (const reference of references) {
      if (!this.#seen.has(reference)) {
        this.#awaited.set(reference, path);
      }
    }
  }
}
