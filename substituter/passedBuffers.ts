import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const COLLECT_BYTES = 4 * 1024 * 1024;

/**
 * Frees the buffers that bytes passed through. V8 sees small objects and lets thousands of them gather, and then searches the whole heap
 * for them, again and again; its young generation, where they are, takes half a millisecond.
 */
export class PassedBuffers {
  #bytes = 0;

  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= COLLECT_BYTES) {
      this.#bytes = 0;
      collectYoung ??= exposeCollector();
      collectYoung({ type: "minor" });
    }
  }
}

type Collector = (options: { type: "minor" }) => void;

let collectYoung: Collector | undefined;

/** V8's own function, without a global one for everybody. */
function exposeCollector(): Collector {
  setFlagsFromString("--expose-gc");
  try {
    return runInNewContext("gc") as Collector;
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
