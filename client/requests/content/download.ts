import { handlerLimits } from "../../../machine/handler/index.ts";
import type { Stage } from "../../../support/index.ts";

const STALLED_AFTER_MS = 60_000;

/**
 * Downloads a file into memory. What it holds is the caller's to check.
 *
 * @throws {Error} that says why, when it cannot be downloaded or is longer than a request can bring.
 */
export async function download(
  url: string,
  { stage, signal }: { stage: Stage; signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error("no data for a minute")), STALLED_AFTER_MS);
  const either = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
  const pieces: Uint8Array[] = [];
  let received = 0;
  try {
    const response = await fetch(url, { signal: either });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`HTTP status ${response.status}`);
    }
    for await (const piece of response.body ?? []) {
      timer.refresh();
      received += piece.length;
      if (received > handlerLimits.MAX_BUNDLE_BYTES) {
        throw new Error(
          `more than ${handlerLimits.MAX_BUNDLE_BYTES} bytes, which is all that a request can bring`,
        );
      }
      pieces.push(piece);
      stage.update(`${received} bytes`);
    }
    return Buffer.concat(pieces);
  } finally {
    clearTimeout(timer);
  }
}
