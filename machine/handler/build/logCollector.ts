import type { LogSink } from "../daemon/index.ts";

/** Collects what builders say, each derivation's lines for itself. Nix ends a builder that says too much. */
export class LogCollector implements LogSink {
  readonly #lines = new Map<string, string[]>();

  add(line: string, drvPath: string): void {
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
