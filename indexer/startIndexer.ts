import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { IndexerError } from "./indexerError.ts";
import { PARENT_DESCRIPTOR } from "./parentDescriptor.ts";
import {
  type IndexerSettings,
  type IndexerSettingsJson,
  parseSettings,
  SETTINGS_VARIABLE,
} from "./settings.ts";
import { openWebhooks } from "./webhooks/openWebhooks.ts";

export interface IndexerOptions {
  /** Chains, deployments and the database. */
  settings: IndexerSettingsJson;
  /** The port to serve on; a free one by default. */
  port?: number;
  /** `"dev"` indexes again whenever a file of `indexer/` changes; `"start"` by default. */
  mode?: "start" | "dev";
  /** Receives every line that Ponder logs. */
  log?: (line: string) => void;
  signal?: AbortSignal;
}

export interface Indexer {
  /** The address it serves on, `http://127.0.0.1:<port>`. */
  url: string;
  /**
   * Runs a GraphQL query and returns its data.
   *
   * @throws {IndexerError} when the query is refused.
   */
  query<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 5_000;
const HEALTH_POLL_MS = 100;
const KEPT_LOG_LINES = 20;

/**
 * Starts Ponder in its own process, which ends with ours, and waits until it serves.
 *
 * @throws {IndexerError} when the settings are wrong, and with Ponder's last log lines when it does not start.
 */
export async function startIndexer(options: IndexerOptions): Promise<Indexer> {
  const settings = parseSettings(options.settings);
  const webhooks = openWebhooksOf(settings, options.log);
  const port = options.port ?? (await freePort());
  const child = spawnPonder(options, port);
  const lastLines = collectLog(child, options.log);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await webhooks?.stop();
    await stopProcess(child);
  };
  options.signal?.addEventListener("abort", () => void stop(), { once: true });
  try {
    await waitUntilServing(child, url, lastLines);
    webhooks?.start(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, query: (query, variables) => runQuery(url, query, variables), stop };
}

function openWebhooksOf({ chains, webhooks }: IndexerSettings, log = (_: string) => {}) {
  const chainIds = chains.map(({ deployments }) => deployments[0]!.chainId);
  return webhooks && openWebhooks({ chainIds, settings: webhooks, log });
}

function spawnPonder(options: IndexerOptions, port: number): ChildProcess {
  const root = dirname(fileURLToPath(import.meta.url));
  const cli = join(dirname(fileURLToPath(import.meta.resolve("ponder"))), "bin", "ponder.js");
  const child = spawn(
    process.execPath,
    [
      ...["--import", new URL("endWithParent.ts", import.meta.url).href],
      cli,
      ...(options.mode === "dev" ? ["dev", "--disable-ui"] : ["start"]),
      ...["--schema", "cartenix", "--port", String(port), "--hostname", "127.0.0.1"],
    ],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        PONDER_TELEMETRY_DISABLED: "true",
        [SETTINGS_VARIABLE]: JSON.stringify(options.settings),
      },
    },
  );
  child.stdio[PARENT_DESCRIPTOR]?.on("error", () => undefined);
  return child;
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

async function waitUntilServing(child: ChildProcess, url: string, lastLines: string[]): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    const response = await fetch(`${url}/health`).catch(() => undefined);
    if (response?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, HEALTH_POLL_MS));
  }
  throw new IndexerError("the indexer did not start", {
    details: `Ponder's last log lines:\n${lastLines.join("\n")}`,
    remedy: "check that the RPC endpoint answers and that the data folder belongs to this chain",
  });
}

async function runQuery<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown> | undefined,
): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data?: Data; errors?: { message: string }[] };
  if (!body.data || body.errors) {
    throw new IndexerError("the indexer refused a query", {
      details: body.errors?.map(({ message }) => message).join("; ") ?? `HTTP ${response.status}`,
    });
  }
  return body.data;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const killTimer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(killTimer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
