import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MAX_BATCH_ROWS } from "../pglite/batchBounds.ts";
import { readSettings } from "../settings.ts";

/** What of Ponder is used here; it has no settings for it. */
interface PonderCommon {
  options: { syncEventsQuerySize: number; databaseMaxQueryParameters: number; indexingCacheMaxBytes: number };
}

/**
 * Ponder reads back what it has of the chain in batches of half as many rows of each table, 6,000 at first. That is much memory where each
 * row is a voucher.
 */
const EVENTS_QUERY_SIZE = 1_000;

/** The columns of an event in Ponder's table: of these tables the one with the fewest. */
const EVENT_COLUMNS = 12;

const isPglite = readSettings(process.env).database.kind === "pglite";

/** Rows that Ponder keeps while it indexes; by itself it takes a fifth of all that V8 may have. */
const ROW_CACHE_BYTES = 128 * 1024 * 1024;

/**
 * V8 lets 100,000 outputs grow to 1.5 GB, of which a third is in use: garbage is collected when more than this is there, which PGlite's
 * thread does not count for, …
 */
const COLLECT_FROM_BYTES = isPglite ? 150_000_000 : 350_000_000;
/** … and this many times what the last collection left. */
const COLLECT_FROM_GROWTH = 1.3;
const COLLECT_INTERVAL_MS = 250;

const { PONDER_COMMON } = globalThis as unknown as { PONDER_COMMON: PonderCommon };
const { options } = PONDER_COMMON;
options.syncEventsQuerySize = EVENTS_QUERY_SIZE;
options.indexingCacheMaxBytes = ROW_CACHE_BYTES;
if (isPglite) {
  options.databaseMaxQueryParameters = EVENT_COLUMNS * MAX_BATCH_ROWS;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

let left = usedBytes();
setInterval(() => {
  if (usedBytes() > Math.max(COLLECT_FROM_BYTES, COLLECT_FROM_GROWTH * left)) {
    collectGarbage();
    left = usedBytes();
  }
}, COLLECT_INTERVAL_MS).unref();

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
