/** What failed is tried again later, each time after twice the pause. */
export interface Backoff {
  /** Whether it is time to try. */
  allows(key: string): boolean;
  failed(key: string): void;
  /** Forgets all failures, since the world is another one. */
  reset(): void;
}

const FIRST_PAUSE_MILLISECONDS = 2_000;
const LONGEST_PAUSE_MILLISECONDS = 600_000;

export function createBackoff(): Backoff {
  const pauses = new Map<string, { until: number; length: number }>();
  return {
    allows: (key) => (pauses.get(key)?.until ?? 0) <= performance.now(),
    failed(key) {
      const now = performance.now();
      for (const [old, { until }] of pauses) {
        if (until + LONGEST_PAUSE_MILLISECONDS < now) {
          pauses.delete(old);
        }
      }
      const doubled = 2 * (pauses.get(key)?.length ?? FIRST_PAUSE_MILLISECONDS / 2);
      const length = Math.min(doubled, LONGEST_PAUSE_MILLISECONDS);
      pauses.set(key, { length, until: now + length });
    },
    reset: () => pauses.clear(),
  };
}
