/**
 * How much of what one request sends is collected, so that a machine cannot fill our memory. What becomes of the request
 * does not depend on it: that is decided by the machine's state alone.
 */
export const COLLECTED_LIMITS = {
  outputs: { count: 16_384, bytes: 64 * 1024 * 1024 },
  reports: { count: 65_536, bytes: 512 * 1024 * 1024 },
} as const;

/** What a machine sent of one kind. */
export interface Collection {
  readonly collected: Uint8Array[];
  /** How many did not fit the limits, or were announced as longer than the machine's buffer. */
  readonly dropped: number;
  /** @param data `undefined` when the machine announced more than its buffer holds. */
  add(data: Uint8Array | undefined): void;
}

/** Collects what comes, within the limits of its kind, and counts the rest. */
export function createCollection(kind: keyof typeof COLLECTED_LIMITS): Collection {
  const limit = COLLECTED_LIMITS[kind];
  const collected: Uint8Array[] = [];
  let bytes = 0;
  let dropped = 0;
  return {
    collected,
    get dropped() {
      return dropped;
    },
    add(data) {
      if (data === undefined || collected.length === limit.count || bytes + data.length > limit.bytes) {
        dropped += 1;
        return;
      }
      bytes += data.length;
      collected.push(data);
    },
  };
}
