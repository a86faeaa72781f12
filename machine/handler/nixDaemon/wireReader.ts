import { NixProtocolError } from "./nixDaemonErrors.ts";

const WORD_BYTES = 8;

/** Thrown when a value is not complete in the bytes received so far. */
export const INCOMPLETE = Symbol("incomplete");

/** Reads the worker protocol's values from the bytes received so far. */
export class WireReader {
  readonly #bytes: Buffer;
  #position = 0;
  #committed = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** How many bytes never have to be read again. */
  get committed(): number {
    return this.#committed;
  }

  /** Marks everything so far as read, even if the values that follow are not complete yet. */
  commit(): void {
    this.#committed = this.#position;
  }

  /** An unsigned 64-bit number. */
  number(): number {
    const start = this.#take(WORD_BYTES);
    const value = this.#bytes.readUInt32LE(start + 4) * 2 ** 32 + this.#bytes.readUInt32LE(start);
    if (value > Number.MAX_SAFE_INTEGER) {
      throw new NixProtocolError(`nix-daemon sent the number ${value}, which is not a safe integer`);
    }
    return value;
  }

  /** Skips a number. */
  skip(): void {
    this.#take(WORD_BYTES);
  }

  text(): string {
    const length = this.number();
    const start = this.#take(length + (-length & (WORD_BYTES - 1)));
    return this.#bytes.toString("utf8", start, start + length);
  }

  texts(): string[] {
    return this.list(() => this.text());
  }

  list<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.number(); left > 0; left -= 1) {
      items.push(item());
    }
    return items;
  }

  #take(length: number): number {
    const start = this.#position;
    if (start + length > this.#bytes.length) {
      throw INCOMPLETE;
    }
    this.#position = start + length;
    return start;
  }
}
