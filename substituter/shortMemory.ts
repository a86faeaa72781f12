/** Remembers values for a short time, and at most so many of them. */
export class ShortMemory<Value> {
  readonly #maxAgeMs: number;
  readonly #maxEntries: number;
  readonly #entries = new Map<string, { value: Value; until: number }>();

  constructor({ maxAgeMs, maxEntries }: { maxAgeMs: number; maxEntries: number }) {
    this.#maxAgeMs = maxAgeMs;
    this.#maxEntries = maxEntries;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.until <= performance.now()) {
      this.#entries.delete(key);
      return undefined;
    }
    return entry?.value;
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: performance.now() + this.#maxAgeMs });
    if (this.#entries.size > this.#maxEntries) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest!);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
