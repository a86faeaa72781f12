import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What of Ponder is used here; it has no settings for it. */
interface PonderCommon {
  options: { syncEventsQuerySize: number };
}

/**
 * Ponder reads back what it has of the chain in batches of half as many rows of each table, 6,000 at first. That is much memory where each
 * row is a voucher, and PGlite hangs when an answer has more than some 40 MB.
 */
const EVENTS_QUERY_SIZE = 1_000;

const { PONDER_COMMON } = globalThis as unknown as { PONDER_COMMON: PonderCommon };
PONDER_COMMON.options.syncEventsQuerySize = EVENTS_QUERY_SIZE;

// Ponder has opened PGlite to see whether it works, and opens it again once the files here are loaded: each time it takes 280 MB
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
collectGarbage();
await new Promise(setImmediate);
collectGarbage();
