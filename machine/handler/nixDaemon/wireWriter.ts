const WORD_BYTES = 8;

/** Writes the worker protocol's values: 64-bit little-endian numbers, and texts padded with zeros to a whole word. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];

  number(value: number | boolean): this {
    const word = Buffer.alloc(WORD_BYTES);
    word.writeBigUInt64LE(BigInt(value));
    this.#parts.push(word);
    return this;
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    this.number(bytes.length).raw(bytes);
    return this.raw(Buffer.alloc(-bytes.length & (WORD_BYTES - 1)));
  }

  texts(values: readonly string[]): this {
    this.number(values.length);
    for (const value of values) {
      this.text(value);
    }
    return this;
  }

  /** Bytes without length or padding. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  /** Everything written so far, as one frame of a framed stream. */
  frame(): Uint8Array[] {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    return [...new WireWriter().number(length).parts(), ...this.#parts];
  }

  parts(): Uint8Array[] {
    return this.#parts;
  }
}
