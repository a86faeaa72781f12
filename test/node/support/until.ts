import { setTimeout as pause } from "node:timers/promises";

const TIMEOUT_MS = 45_000;

/** Polls until `check` returns neither `undefined` nor `false`, and returns its result. */
export async function until<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    const found = await check();
    if (found !== undefined && found !== false) {
      return found;
    }
    await pause(20);
  }
  throw new Error(`timed out waiting until ${what}`);
}
