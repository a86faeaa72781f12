#!/usr/bin/env node
import { CartenixError } from "../support/index.ts";
import { parseOptions } from "./cli/parseOptions.ts";
import { readSettingsFile } from "./cli/readSettingsFile.ts";
import { startIndexer } from "./startIndexer.ts";

const WRONG_USAGE = 2;

const options = parseOptions(process.argv);
const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => stopping.abort());
}

try {
  await runUntilStopped();
} catch (error) {
  if (!stopping.signal.aborted) {
    fail(error, 1);
  }
}

async function runUntilStopped(): Promise<void> {
  const { host, port, serve } = options;
  const indexer = await startIndexer({
    settings: readSettings(),
    host,
    port,
    mode: serve ? "serve" : "start",
    signal: stopping.signal,
    log: (line) => console.error(line),
    onServing: (url) => console.log(`serving at ${url}`),
  });
  console.log("ready");
  await indexer.stopped;
}

function readSettings() {
  try {
    return readSettingsFile(options);
  } catch (error) {
    fail(error, WRONG_USAGE);
    return process.exit();
  }
}

/** One line, without what Ponder has logged already. */
function fail(error: unknown, code: number): void {
  const line =
    error instanceof CartenixError
      ? [error.shortMessage, !error.details?.includes("\n") && error.details, error.remedy]
          .filter(Boolean)
          .join("; ")
      : error;
  console.error("error:", line);
  process.exitCode = code;
}
