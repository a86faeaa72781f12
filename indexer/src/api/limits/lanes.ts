import {
  MAX_NODE_QUESTIONS,
  MAX_SEARCHES,
  MAX_WAITING_NODE_QUESTIONS,
  MAX_WAITING_SEARCHES,
  NODE_WAIT_MS,
  REQUEST_TIMEOUT_MS,
  SEARCH_WAIT_MS,
} from "./bounds.ts";
import { RequestError } from "./requestError.ts";

/** Runs work when few others run; the others wait. */
export type Lane = <Value>(work: () => Promise<Value>) => Promise<Value>;

/**
 * Runs a query that may read many rows when few others do. Lookups do not wait for it: they run beside.
 *
 * @throws {RequestError} when too many wait already, or it waited too long.
 */
export const runSearch: Lane = createLane({
  places: MAX_SEARCHES,
  waitingPlaces: MAX_WAITING_SEARCHES,
  waitMs: SEARCH_WAIT_MS,
  busy: () =>
    new RequestError(503, "too many searches are running", {
      remedy: "try again in some seconds, or look up by storePath, hashPart, drvPath or narHash",
    }),
});

/**
 * Asks a node when few others do.
 *
 * @throws {RequestError} when too many wait already, or it waited too long.
 */
export const runNodeQuestion: Lane = createLane({
  places: MAX_NODE_QUESTIONS,
  waitingPlaces: MAX_WAITING_NODE_QUESTIONS,
  waitMs: NODE_WAIT_MS,
  busy: () =>
    new RequestError(503, "too many questions to nodes are open", { remedy: "try again in some seconds" }),
});

interface LaneOptions {
  places: number;
  waitingPlaces: number;
  waitMs: number;
  busy: () => RequestError;
}

function createLane({ places, waitingPlaces, waitMs, busy }: LaneOptions): Lane {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (running < places) {
      running += 1;
      return;
    }
    if (waiting.length >= waitingPlaces) {
      throw busy();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push(resolve);
    const timer = setTimeout(() => {
      const place = waiting.indexOf(resolve);
      if (place !== -1) {
        waiting.splice(place, 1);
        reject(busy());
      }
    }, waitMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands the place to the next in the queue. */
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) {
      running -= 1;
    } else {
      next();
    }
  }

  return async (work) => {
    await enter();
    // what the client no longer waits for may go on, so the place is kept until it ends
    const ended = work().finally(leave);
    return withinTime(ended);
  };
}

/**
 * The outcome of a query, if it is there in time.
 *
 * @throws {RequestError} when it is not.
 */
export async function withinTime<Value>(outcome: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(
        new RequestError(504, `the query took longer than ${REQUEST_TIMEOUT_MS / 2} ms`, {
          remedy: "ask for fewer rows, or filter by an indexed column such as storePath",
        }),
      ),
    REQUEST_TIMEOUT_MS / 2,
  );
  try {
    return await Promise.race([outcome, late]);
  } finally {
    clearTimeout(timer);
  }
}
