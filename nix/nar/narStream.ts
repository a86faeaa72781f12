import { NarFormatError } from "../nixErrors.ts";
import { decodeNarEvents } from "./decodeNarEvents.ts";
import type { NarEvent } from "./narEvent.ts";
import type { NarLimits } from "./narLimits.ts";
import { WordReader } from "./wordReader.ts";

/** One NAR that is pushed in chunks and drained of events in between. */
export class NarStream {
  readonly #reader = new WordReader((reason, position) => {
    throw new NarFormatError(reason, position);
  });
  readonly #decoder: ReturnType<typeof decodeNarEvents>;

  constructor(limits: NarLimits) {
    this.#decoder = decodeNarEvents(this.#reader, limits);
  }

  *push(chunk: Uint8Array): Generator<NarEvent, void, void> {
    this.#reader.queue.push(chunk);
    yield* this.#drain();
  }

  *end(): Generator<NarEvent, void, void> {
    this.#reader.queue.end();
    yield* this.#drain();
  }

  *#drain(): Generator<NarEvent, void, void> {
    for (;;) {
      const step = this.#decoder.next();
      if (step.done) {
        break;
      }
      if (step.value === undefined) {
        return;
      }
      yield step.value;
    }
    if (this.#reader.has(1)) {
      this.#reader.fail("goes on behind its end");
    }
  }
}
