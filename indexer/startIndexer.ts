import { once } from "node:events";
import { createServer } from "node:net";
import { checkChains } from "./checkChains.ts";
import { prepareFolder } from "./folder/prepareFolder.ts";
import { IndexerError } from "./indexerError.ts";
import { type PonderProcess, startPonder } from "./ponderProcess.ts";
import { schemaNameOf } from "./schemaName.ts";
import { type IndexerSettings, type IndexerSettingsJson, parseSettings } from "./settings.ts";
import type { Health } from "./src/api/health/health.ts";
import { openWebhooks } from "./webhooks/openWebhooks.ts";

export interface IndexerOptions {
  /** Chains, deployments and the database. */
  settings: IndexerSettingsJson;
  /** The address to listen on; `127.0.0.1` by default. */
  host?: string;
  /** The port to serve on; a free one by default. */
  port?: number;
  /**
   * `"start"` by default. `"serve"` only serves what another process indexes, on Postgres. `"dev"` indexes again whenever a file of
   * `indexer/` changes.
   */
  mode?: "start" | "serve" | "dev";
  /** Receives every line that Ponder logs. */
  log?: (line: string) => void;
  /** Is called once it serves, which is before it has read the chains up to now. */
  onServing?: (url: string) => void;
  signal?: AbortSignal;
}

export interface Indexer {
  /** Ponder's process. */
  pid: number;
  /** The address it serves on, `http://127.0.0.1:<port>`. */
  url: string;
  /**
   * Runs a GraphQL query and returns its data.
   *
   * @throws {IndexerError} when the query is refused.
   */
  query<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  stop(): Promise<void>;
  /** Resolves when it has stopped, and rejects with an {@link IndexerError} when it ended by itself. */
  stopped: Promise<void>;
}

const START_TIMEOUT_MS = 120_000;
const POLL_MS = 100;

/**
 * Starts Ponder in its own process, which ends with ours, and waits until it has read the chains up to now.
 *
 * @throws {IndexerError} when the settings are wrong or contradict the chains, when the data folder is not ours, and with Ponder's last log
 * lines when it does not start.
 */
export async function startIndexer(options: IndexerOptions): Promise<Indexer> {
  const { mode = "start", host = "127.0.0.1", signal, log } = options;
  const settings = parseSettings(options.settings);
  if (mode === "serve" && settings.database.kind === "pglite") {
    throw new IndexerError("only an index on Postgres can be served by several processes", {
      remedy: "name a database of kind postgres, or set DATABASE_URL",
    });
  }
  if (mode !== "serve") {
    await checkChains(settings);
  }
  const schema = await schemaNameOf(settings);
  if (settings.database.kind === "pglite") {
    await prepareFolder(settings.database.directory, schema, log ?? (() => undefined));
  }
  const webhooks = mode === "serve" ? undefined : openWebhooksOf(settings, log);
  const port = options.port || (await freePort(host));
  signal?.throwIfAborted();
  const ponder = startPonder({ settings: options.settings, schema, host, port, mode, ...(log && { log }) });
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    await webhooks?.stop();
    await ponder.stop();
  };
  signal?.addEventListener("abort", () => void stop(), { once: true });
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  try {
    await waitUntilServing(ponder, url);
    options.onServing?.(url);
    await waitUntilReady(ponder, url);
    webhooks?.start(url);
  } catch (error) {
    await stop();
    signal?.throwIfAborted();
    throw error;
  }
  const stopped = ponder.exited.then(() => {
    if (!isStopping) {
      throw ponder.failure(
        "the indexer ended by itself",
        "see the log above; start it again when the cause is gone",
      );
    }
  });
  stopped.catch(() => undefined);
  return {
    pid: ponder.pid,
    url,
    query: (query, variables) => runQuery(url, query, variables),
    stop,
    stopped,
  };
}

function openWebhooksOf({ chains, webhooks }: IndexerSettings, log = (_: string) => {}) {
  const chainIds = chains.map(({ deployments }) => deployments[0]!.chainId);
  return webhooks && openWebhooks({ chainIds, settings: webhooks, log });
}

async function waitUntilServing(ponder: PonderProcess, url: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answers(ponder, `${url}/health`))) {
    if (performance.now() > deadline) {
      throw notStarted(ponder);
    }
    await pause();
  }
}

/**
 * Waits, as long as it runs, until it has indexed what were the heads when it became ready: Ponder says so up to an hour of blocks
 * earlier, when it has read what is final.
 */
async function waitUntilReady(ponder: PonderProcess, url: string): Promise<void> {
  let heads: number[] | undefined;
  for (;;) {
    const health = await askHealth(ponder, url);
    if (health?.ready) {
      heads ??= headsOf(health);
      if (heads && health.chains.every(({ indexed }, place) => (indexed?.block ?? -1) >= heads![place]!)) {
        return;
      }
    }
    await pause();
  }
}

function headsOf({ chains }: Health): number[] | undefined {
  const heads = chains.map(({ head }) => head?.block);
  return heads.every((head) => head !== undefined) ? heads : undefined;
}

async function askHealth(ponder: PonderProcess, url: string): Promise<Health | undefined> {
  if (!ponder.isRunning()) {
    throw notStarted(ponder);
  }
  const response = await fetch(`${url}/healthz`).catch(() => undefined);
  return response?.json().catch(() => undefined) as Promise<Health | undefined>;
}

async function answers(ponder: PonderProcess, url: string): Promise<boolean> {
  if (!ponder.isRunning()) {
    throw notStarted(ponder);
  }
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ?? false;
}

function notStarted(ponder: PonderProcess): IndexerError {
  return ponder.failure(
    "the indexer did not start",
    "check that the RPC endpoints and the database answer, and that no other indexer writes to this database",
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
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

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
