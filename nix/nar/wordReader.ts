import { ByteQueue } from "../bytes/byteQueue.ts";
import { paddingLength, WORD } from "./tokens.ts";

const HIGH_WORD = 0x1_0000_0000;
const ZEROS = new Uint8Array(WORD);

/** What a reader yields when it cannot go on before more bytes are pushed, or the end is told. */
export type NeedMore = undefined;

/**
 * Reads the words and strings that archives and export streams are made of. The generators wait for the bytes they
 * need, yielding `undefined`; `number` and `padding` take bytes that are there.
 */
export class WordReader {
  readonly queue = new ByteQueue();
  readonly #fail: (reason: string, position: number) => never;

  constructor(fail: (reason: string, position: number) => never) {
    this.#fail = fail;
  }

  get position(): number {
    return this.queue.position;
  }

  /** Whether that many bytes are there. */
  has(length: number): boolean {
    return this.queue.available >= length;
  }

  *fill(length: number): Generator<NeedMore, void, void> {
    while (this.queue.available < length) {
      if (this.queue.ended) {
        this.fail("ends early", this.position + this.queue.available);
      }
      yield undefined;
    }
  }

  /** Takes this token; anything else is refused with the description of what was expected. */
  *token(token: Uint8Array, description: string): Generator<NeedMore, void, void> {
    if (!this.has(token.length)) {
      yield* this.fill(token.length);
    }
    if (!this.#accept(token)) {
      this.fail(`expected ${description}`);
    }
  }

  /** Takes this token if it is next; at least one of its size must follow in any case. */
  *optionalToken(token: Uint8Array): Generator<NeedMore, boolean, void> {
    if (!this.has(token.length)) {
      yield* this.fill(token.length);
    }
    return this.#accept(token);
  }

  /** Takes a number of 8 bytes, at most `max`. */
  number(description: string, max: number): number {
    const { position } = this;
    const bytes = this.queue.take(WORD);
    const view = new DataView(bytes.buffer, bytes.byteOffset, WORD);
    const value = view.getUint32(4, true) * HIGH_WORD + view.getUint32(0, true);
    if (value > max) {
      this.fail(`${description} is ${value}, more than ${max}`, position);
    }
    return value;
  }

  /** Takes the zeros behind a string of that many bytes. */
  padding(length: number): void {
    const count = paddingLength(length);
    if (!this.#accept(ZEROS.subarray(0, count))) {
      this.fail("has padding other than zeros");
    }
  }

  *string(description: string, maxLength: number): Generator<NeedMore, Uint8Array, void> {
    if (!this.has(WORD)) {
      yield* this.fill(WORD);
    }
    const length = this.number(`the length of ${description}`, maxLength);
    const padded = length + paddingLength(length);
    if (!this.has(padded)) {
      yield* this.fill(padded);
    }
    const bytes = this.queue.take(length);
    this.padding(length);
    return bytes;
  }

  fail(reason: string, position = this.position): never {
    return this.#fail(reason, position);
  }

  #accept(token: Uint8Array): boolean {
    const matches = this.queue.startsWith(token);
    if (matches) {
      this.queue.skip(token.length);
    }
    return matches;
  }
}
