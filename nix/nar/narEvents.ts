import type { NarEvent } from "./narEvent.ts";
import { DEFAULT_NAR_LIMITS, type NarLimits } from "./narLimits.ts";
import { NarStream } from "./narStream.ts";

/**
 * Reads one NAR from chunks of any size, telling what is in it as it goes. Besides the chunk at hand it holds only a
 * name's worth of bytes. A chunk must not be written to again before the end: names are views into it.
 *
 * @throws NarFormatError when it is not canonical, ends early or goes on behind its end.
 * @throws NarLimitError when it passes a limit.
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
