import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

const TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** Ponder on PGlite shows a block that is half indexed, so every expected answer is polled for. */
export async function untilEqual<Value>(read: () => Promise<Value>, expected: Value): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const value = await read();
    try {
      assert.deepEqual(value, expected);
      return;
    } catch (error) {
      if (performance.now() > deadline) {
        throw error;
      }
    }
    await pause(POLL_MS);
  }
}
