import { setTimeout as pause } from "node:timers/promises";

const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 30_000;

export interface RetryOptions {
  signal: AbortSignal;
  isFatal(error: unknown): boolean;
  onSuccess(): void;
  onFailure(error: unknown, retryInMilliseconds: number): void;
}

/**
 * Repeats a round until the signal is given. A round that fails is tried again after a pause that doubles each time;
 * one that fails with a fatal error ends the loop with it.
 */
export async function retryLoop(
  round: () => Promise<void>,
  { signal, isFatal, onSuccess, onFailure }: RetryOptions,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await round();
      failures = 0;
      onSuccess();
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (isFatal(error)) {
        throw error;
      }
      const milliseconds = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** failures++, LONGEST_PAUSE_MILLISECONDS);
      onFailure(error, milliseconds);
      await pause(milliseconds, undefined, { signal }).catch(() => {});
    }
  }
}
