const HEADER = 3 * Int32Array.BYTES_PER_ELEMENT;
const RUNS = 0;
const LENGTH = 1;
const STOPPING = 2;

/** Bytes of the longest input that fits on it. */
const MAX_INPUT = 4 * 1024 * 1024;

/** Memory that two threads share: one writes what it tries, so that the other knows it when the first one hangs. */
export class Whiteboard {
  readonly #header: Int32Array<SharedArrayBuffer>;
  readonly #input: Uint8Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER + MAX_INPUT);
  }

  constructor(shared: SharedArrayBuffer) {
    this.#header = new Int32Array(shared, 0, HEADER / Int32Array.BYTES_PER_ELEMENT);
    this.#input = new Uint8Array(shared, HEADER);
  }

  writeInput(input: Uint8Array): void {
    this.#input.set(input.subarray(0, MAX_INPUT));
    Atomics.store(this.#header, LENGTH, Math.min(input.length, MAX_INPUT));
    Atomics.add(this.#header, RUNS, 1);
  }

  readInput(): Uint8Array {
    return this.#input.slice(0, Atomics.load(this.#header, LENGTH));
  }

  get runs(): number {
    return Atomics.load(this.#header, RUNS);
  }

  stop(): void {
    Atomics.store(this.#header, STOPPING, 1);
  }

  get isStopping(): boolean {
    return Atomics.load(this.#header, STOPPING) === 1;
  }
}
