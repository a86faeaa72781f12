import { setTimeout as pause } from "node:timers/promises";

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

export interface RetryOptions {
  signal: AbortSignal;
  isFatal(error: unknown): boolean;
  onSuccess(): void;
  onFailure(error: unknown, retryInMilliseconds: number): void;
}

/**
 * Repeats a round until the signal is aborted. Retries a failed round after a pause that doubles each time; a fatal error
 * ends the loop.
 *
 * @throws the fatal error.
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
      const milliseconds = Math.min(FIRST_PAUSE_MS * 2 ** failures++, MAX_PAUSE_MS);
      onFailure(error, milliseconds);
      await pause(milliseconds, undefined, { signal }).catch(() => {});
    }
  }
}
