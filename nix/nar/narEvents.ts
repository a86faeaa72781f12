import { NarFormatError } from "../nixErrors.ts";
import { WireReader } from "../wire/wireReader.ts";
import { decodeNarEvents, type NarEvent } from "./decodeNarEvents.ts";
import { DEFAULT_NAR_LIMITS, type NarLimits } from "./narLimits.ts";

/**
 * Reads one NAR from chunks of any size, yielding what it contains as it goes. Besides the current chunk it buffers no
 * more than one name. Do not modify a chunk before the end: names are views into it.
 *
 * @throws {NarFormatError} when it is not canonical, is cut off or has trailing bytes.
 * @throws {NarLimitError} when it exceeds a limit.
 */
export function* narEvents(
  chunks: Iterable<Uint8Array>,
  limits: NarLimits = DEFAULT_NAR_LIMITS,
): Generator<NarEvent, void, void> {
  const stream = new NarStream(limits);
  for (const chunk of chunks) {
    yield* stream.push(chunk);
  }
  yield* stream.end();
}

/** One NAR, pushed in chunks; each call yields the events that became complete. */
export class NarStream {
  readonly #reader = new WireReader((reason, position) => {
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
      this.#reader.fail("trailing bytes after the archive");
    }
  }
}
