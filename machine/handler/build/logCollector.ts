/** Collects what builders say, each derivation's lines for itself. Nix ends a builder that says too much. */
export class LogCollector {
  readonly #lines = new Map<string, string[]>();

  add(line: string, drvPath: string | undefined): void {
    if (drvPath === undefined) return;
    const lines = this.#lines.get(drvPath);
    if (lines) lines.push(line);
    else this.#lines.set(drvPath, [line]);
  }

  /** A derivation's log, each line ended by a line feed. */
  take(drvPath: string): string {
    const lines = this.#lines.get(drvPath) ?? [];
    this.#lines.delete(drvPath);
    return lines.map((line) => `${line}\n`).join("");
  }
}
