import { quote } from "../bytes/quote.ts";
import { ExportFormatError } from "../nixErrors.ts";
import type { ExportedPath } from "./exportedPath.ts";

/** Sees to it that every path comes once, and before those that refer to it. */
export class ExportOrder {
  readonly #seen = new Set<string>();
  readonly #missed = new Map<string, string>();

  add({ path, references }: Pick<ExportedPath, "path" | "references">, position?: number): void {
    if (this.#seen.has(path)) {
      throw new ExportFormatError(`${quote(path)} is there twice`, position);
    }
    const referrer = this.#missed.get(path);
    if (referrer !== undefined) {
      throw new ExportFormatError(
        `${quote(path)} comes after ${quote(referrer)}, which refers to it`,
        position,
      );
    }
    this.#seen.add(path);
    for (const reference of references) {
      if (!this.#seen.has(reference)) {
        this.#missed.set(reference, path);
      }
    }
  }
}
