const HEADER_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT;
const RUNS = 0;
const LENGTH = 1;
const STOPPING = 2;

/** The longest input that fits. */
const MAX_INPUT_BYTES = 4 * 1024 * 1024;

/** Memory shared by two threads: the worker writes its current input, so that the main thread knows it if the worker hangs. */
export class SharedInput {
  readonly #header: Int32Array<SharedArrayBuffer>;
  readonly #input: Uint8Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER_BYTES + MAX_INPUT_BYTES);
  }

  constructor(shared: SharedArrayBuffer) {
    this.#header = new Int32Array(shared, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.#input = new Uint8Array(shared, HEADER_BYTES);
  }

  writeInput(input: Uint8Array): void {
    this.#input.set(input.subarray(0, MAX_INPUT_BYTES));
    Atomics.store(this.#header, LENGTH, Math.min(input.length, MAX_INPUT_BYTES));
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
