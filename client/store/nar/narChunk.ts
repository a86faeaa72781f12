const WORD_BYTES = 8;
const HIGH_WORD = 0x1_0000_0000;

/** A piece of a NAR while it is filled. Whoever writes makes sure that there is room. */
export class NarChunk {
  readonly bytes: Buffer;
  length = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get room(): number {
    return this.bytes.length - this.length;
  }

  token(token: Uint8Array): void {
    this.bytes.set(token, this.length);
    this.length += token.length;
  }

  number(value: number): void {
    this.bytes.writeUInt32LE(value % HIGH_WORD, this.length);
    this.bytes.writeUInt32LE(Math.floor(value / HIGH_WORD), this.length + 4);
    this.length += WORD_BYTES;
  }

  string(text: Uint8Array): void {
    this.number(text.length);
    this.token(text);
    this.padding(text.length);
  }

  /** The zeros after a string of `length` bytes. */
  padding(length: number): void {
    const end = this.length + ((WORD_BYTES - (length % WORD_BYTES)) % WORD_BYTES);
    this.bytes.fill(0, this.length, end);
    this.length = end;
  }

  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
