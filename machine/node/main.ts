#!/usr/bin/env node
import { CartenixError } from "../../support/index.ts";
import { parseOptions } from "./cli/parseOptions.ts";
import { createLog } from "./log/createLog.ts";
import { startNode } from "./startNode.ts";
import { DatabaseDamagedError } from "./store/storageErrors.ts";
import { WrongClaimError } from "./watch/watchErrors.ts";

const EXIT_CODES = { failed: 1, wrongClaim: 3, wrongClaimAccepted: 4 } as const;

const { json, logLevel, ...options } = parseOptions(process.argv);
const log = createLog({ json, level: logLevel });
const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => {
    log.info({ signal: name }, "stopping");
    stopping.abort();
  });
}

try {
  await runUntilStopped();
  log.info({}, "stopped");
} catch (error) {
  if (!stopping.signal.aborted) {
    const details =
      error instanceof CartenixError ? error.message : error instanceof Error ? error.stack : error;
    log.error(
      { error: String(details) },
      error instanceof WrongClaimError ? "the watch ends" : "the node cannot continue",
    );
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof WrongClaimError)) {
    return EXIT_CODES.failed;
  }
  return error.isAccepted ? EXIT_CODES.wrongClaimAccepted : EXIT_CODES.wrongClaim;
}

/** Starts the node again when its database was found damaged: the new start rebuilds it. */
async function runUntilStopped(): Promise<void> {
  while (true) {
    const node = await startNode({ ...options, signal: stopping.signal, log });
    try {
      return await node.stopped;
    } catch (error) {
      if (!(error instanceof DatabaseDamagedError)) {
        throw error;
      }
    }
  }
}
