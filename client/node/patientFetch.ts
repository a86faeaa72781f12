import { sleep } from "../sleep.ts";

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;
const BUSY_STATUSES: readonly number[] = [429, 503];

/**
 * `fetch` that asks again, a few times and with growing pauses, while the server is busy. How long it says to wait is believed up to some
 * seconds.
 */
export async function patientFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(input, init);
    if (!BUSY_STATUSES.includes(response.status) || attempt === ATTEMPTS) {
      return response;
    }
    await response.body?.cancel();
    const pause = Math.max(FIRST_PAUSE_MS * 2 ** (attempt - 1), retryAfterMs(response));
    await sleep(Math.min(pause, MAX_PAUSE_MS), init.signal ?? undefined);
  }
}

function retryAfterMs({ headers }: Response): number {
  const seconds = Number(headers.get("retry-after") ?? 0);
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}
