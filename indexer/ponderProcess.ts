import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { IndexerError } from "./indexerError.ts";
import { PARENT_DESCRIPTOR } from "./parentDescriptor.ts";
import { type IndexerSettingsJson, SETTINGS_VARIABLE } from "./settings.ts";

export interface PonderOptions {
  settings: IndexerSettingsJson;
  /** The database schema of the index. */
  schema: string;
  host: string;
  port: number;
  /** `"start"` indexes and serves, `"serve"` only serves, `"dev"` indexes again whenever a file of `indexer/` changes. */
  mode: "start" | "serve" | "dev";
  log?: (line: string) => void;
}

/** Ponder in a process of its own. */
export interface PonderProcess {
  pid: number;
  isRunning(): boolean;
  /** Its end, and what it logged last. */
  failure(message: string, remedy: string): IndexerError;
  exited: Promise<void>;
  stop(): Promise<void>;
}

/** Longer than the 5 s that Ponder gives itself. */
const STOP_TIMEOUT_MS = 7_000;
const KEPT_LOG_LINES = 20;

/**
 * What comes from the chain lives for a batch of events, longer than V8's 16 MB for young objects last: it would be copied as old, and
 * collected as such.
 */
const FLAGS = ["--max-semi-space-size=64"];

/**
 * V8 takes 650 MB for a moment to optimise one function of PGlite, which without is some 10 % slower. Beside what PGlite takes, there is
 * less for young objects.
 */
const PGLITE_FLAGS = ["--liftoff-only", "--max-semi-space-size=32"];

/** Vite, inside Ponder, exits on SIGTERM before Ponder has unlocked its schema and closed the database. */
const STOP_SIGNAL = "SIGINT";

/** Starts Ponder. It ends with this process, however that ends. */
export function startPonder({ settings, schema, host, port, mode, log }: PonderOptions): PonderProcess {
  const cli = join(dirname(fileURLToPath(import.meta.resolve("ponder"))), "bin", "ponder.js");
  const preloads = ["endWithParent.ts", "folder/holdFolder.ts", "pglite/useThread.ts"];
  const child = spawn(
    process.execPath,
    [
      ...FLAGS,
      ...(settings.database?.kind === "pglite" ? PGLITE_FLAGS : []),
      ...preloads.flatMap((file) => ["--import", new URL(file, import.meta.url).href]),
      cli,
      ...(mode === "dev" ? ["dev", "--disable-ui"] : [mode]),
      ...["--schema", schema, "--port", String(port), "--hostname", host],
    ],
    {
      cwd: dirname(fileURLToPath(import.meta.url)),
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        PONDER_TELEMETRY_DISABLED: "true",
        // else GraphQL's functions look for copies of themselves all the time
        NODE_ENV: mode === "dev" ? "development" : "production",
        [SETTINGS_VARIABLE]: JSON.stringify(settings),
      },
    },
  );
  child.stdio[PARENT_DESCRIPTOR]?.on("error", () => undefined);
  const lastLines = collectLog(child, log);
  const exited = once(child, "exit").then(() => undefined);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid!,
    isRunning,
    exited,
    failure: (message, remedy) =>
      new IndexerError(message, { details: `Ponder's last log lines:\n${lastLines.join("\n")}`, remedy }),
    stop: async () => {
      if (!isRunning()) {
        return;
      }
      child.kill(STOP_SIGNAL);
      const killTimer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(killTimer);
    },
  };
}

function collectLog(child: ChildProcess, log: ((line: string) => void) | undefined): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream! }).on("line", (line) => {
      lines.push(line);
      if (lines.length > KEPT_LOG_LINES) {
        lines.shift();
      }
      log?.(line);
    });
  }
  return lines;
}
