import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "../log.ts";

const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/**
 * Repeats a round until the signal is given. A round that fails is tried again after a pause that doubles each time;
 * one that fails with a `fatal` error ends the loop with it.
 */
export async function retrying(
  name: string,
  round: () => Promise<void>,
  { signal, log, isFatal }: { signal: AbortSignal; log: Log; isFatal(error: unknown): boolean },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await round();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (isFatal(error)) throw error;
      const milliseconds = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** failures++, LONGEST_PAUSE_MILLISECONDS);
      log.warn({ error: describe(error), retryInMilliseconds: milliseconds }, `${name} failed`);
      await pause(milliseconds, undefined, { signal }).catch(() => {});
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
