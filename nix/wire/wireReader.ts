import { ByteQueue } from "./byteQueue.ts";
import { paddingLength, WORD_BYTES } from "./wireStrings.ts";

const HIGH_WORD = 0x1_0000_0000;
const ZEROS = new Uint8Array(WORD_BYTES);

/** What a reader yields when it cannot go on before more bytes are pushed, or the queue is ended. */
export type NeedMore = undefined;

/**
 * Reads the numbers and strings that archives and export streams consist of. The generators wait for the bytes they
 * need by yielding `undefined`; `number` and `padding` require them to be available.
 */
export class WireReader {
  readonly queue = new ByteQueue();
  readonly #fail: (reason: string, position: number) => never;

  /** @param fail throws the format's own error. */
  constructor(fail: (reason: string, position: number) => never) {
    this.#fail = fail;
  }

  get position(): number {
    return this.queue.position;
  }

  /** Whether that many bytes are available. */
  has(length: number): boolean {
    return this.queue.available >= length;
  }

  *fill(length: number): Generator<NeedMore, void, void> {
    while (this.queue.available < length) {
      if (this.queue.ended) {
        this.fail("unexpected end of input", this.position + this.queue.available);
      }
      yield undefined;
    }
  }

  /** Consumes this token; fails with the description of what was expected on anything else. */
  *token(token: Uint8Array, description: string): Generator<NeedMore, void, void> {
    if (!this.has(token.length)) {
      yield* this.fill(token.length);
    }
    if (!this.#accept(token)) {
      this.fail(`expected ${description}`);
    }
  }

  /** Consumes this token if it is next; in any case at least as many bytes must follow. */
  *optionalToken(token: Uint8Array): Generator<NeedMore, boolean, void> {
    if (!this.has(token.length)) {
      yield* this.fill(token.length);
    }
    return this.#accept(token);
  }

  /** Consumes a number, at most `max`. */
  number(description: string, max: number): number {
    const { position } = this;
    const bytes = this.queue.take(WORD_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, WORD_BYTES);
    const value = view.getUint32(4, true) * HIGH_WORD + view.getUint32(0, true);
    if (value > max) {
      this.fail(`${description} is ${value}, more than ${max}`, position);
    }
    return value;
  }

  /** Consumes the zeros after a string of `length` bytes. */
  padding(length: number): void {
    const count = paddingLength(length);
    if (!this.#accept(ZEROS.subarray(0, count))) {
      this.fail("the padding is not all zeros");
    }
  }

  *string(description: string, maxLength: number): Generator<NeedMore, Uint8Array, void> {
    if (!this.has(WORD_BYTES)) {
      yield* this.fill(WORD_BYTES);
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
