import { NixProtocolError } from "./nixDaemonErrors.ts";

const WORD = 8;

/** Thrown when the bytes that came so far end before what is being read. */
export const incomplete = Symbol("incomplete");

/** Reads the worker protocol's words from the bytes that came so far. */
export class WireReader {
  readonly #bytes: Buffer;
  #position = 0;
  #committed = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** How many bytes were read for good. */
  get committed(): number {
    return this.#committed;
  }

  /** What was read so far is not read again, even if what follows has to wait. */
  commit(): void {
    this.#committed = this.#position;
  }

  /** A number of 64 bits. */
  number(): number {
    const start = this.#take(WORD);
    const value = this.#bytes.readUInt32LE(start + 4) * 2 ** 32 + this.#bytes.readUInt32LE(start);
    if (value > Number.MAX_SAFE_INTEGER) {
      throw new NixProtocolError(`number ${value} is out of bounds`);
    }
    return value;
  }

  /** A word whose value is of no interest. */
  skip(): void {
    this.#take(WORD);
  }

  text(): string {
    const length = this.number();
    const start = this.#take(length + (-length & (WORD - 1)));
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
      throw incomplete;
    }
    this.#position = start + length;
    return start;
  }
}
