import { MAX_SEARCHES, MAX_WAITING_SEARCHES, REQUEST_TIMEOUT_MS, SEARCH_WAIT_MS } from "./bounds.ts";
import { RequestError } from "./requestError.ts";

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs a query that may read many rows when few others do. Lookups do not wait for it: they run beside.
 *
 * @throws {RequestError} when too many wait already, or it waited too long.
 */
export async function runSearch<Value>(search: () => Promise<Value>): Promise<Value> {
  await enter();
  // what the client no longer waits for may go on in the database, so the place is kept until it ends
  const ended = search().finally(leave);
  return withinTime(ended);
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

async function enter(): Promise<void> {
  if (running < MAX_SEARCHES) {
    running += 1;
    return;
  }
  if (waiting.length >= MAX_WAITING_SEARCHES) {
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
  }, SEARCH_WAIT_MS);
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

function busy(): RequestError {
  return new RequestError(503, "too many searches are running", {
    remedy: "try again in some seconds, or look up by storePath, hashPart, drvPath or narHash",
  });
}
