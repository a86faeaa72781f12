/** Decides when to retry what failed: after a pause that doubles with each failure. */
export interface Backoff {
  /** Whether the pause after the last failure is over. */
  allows(key: string): boolean;
  failed(key: string): void;
  /** Clears all failures: after a reorganisation everything may be retried at once. */
  reset(): void;
}

const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 600_000;

export function createBackoff(): Backoff {
  const pauses = new Map<string, { until: number; length: number }>();
  return {
    allows: (key) => (pauses.get(key)?.until ?? 0) <= performance.now(),
    failed(key) {
      const now = performance.now();
      for (const [old, { until }] of pauses) {
        if (until + MAX_PAUSE_MS < now) {
          pauses.delete(old);
        }
      }
      const doubled = 2 * (pauses.get(key)?.length ?? FIRST_PAUSE_MS / 2);
      const length = Math.min(doubled, MAX_PAUSE_MS);
      pauses.set(key, { length, until: now + length });
    },
    reset: () => pauses.clear(),
  };
}
