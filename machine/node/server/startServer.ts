import { type ServerType, serve } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { stream } from "hono/streaming";
import { Registry } from "prom-client";
import { type Address, isAddress, isAddressEqual } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";
import type { FindProvenOutputs } from "../gateway/answerHashLookup.ts";
import type { Log } from "../log/log.ts";
import type { Health } from "../monitor/health.ts";
import type { NodeStatus } from "../monitor/nodeStatus.ts";
import { addHashLookups } from "./addHashLookups.ts";
import { atMost } from "./atMost.ts";
import { clientOf } from "./clientOf.ts";
import { type Inspector, InspectUnavailableError, MAX_QUERY_BYTES } from "./inspector.ts";
import { answerJsonRpc, type Methods } from "./jsonRpc.ts";
import { APPLICATION_NAME } from "./params.ts";

const MAX_RPC_BYTES = 1024 * 1024;
/** What a browser says of a request that no page of another site caused. */
const OWN_SITES = ["none", "same-origin"];

/** The server cannot listen on its port. */
export class ListenError extends CartenixError {
  readonly code: ErrorCode = "LISTEN";

  constructor(port: number, cause: Error) {
    super("the node cannot listen on its port", {
      details: `127.0.0.1:${port}: ${cause.message}`,
      remedy: "choose another port; 0 lets the system choose",
      cause,
    });
  }
}

export interface ServerOptions {
  port: number;
  /** The one origin whose web pages may ask, or `*`; by default none. */
  corsOrigin: string | undefined;
  application: Address;
  methods: Methods;
  inspector: Inspector;
  findProvenOutputs: FindProvenOutputs;
  status(): NodeStatus;
  health(): Health;
  /** In Prometheus's text format. */
  metrics(): Promise<string>;
  log: Log;
}

export interface Server {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves JSON-RPC, queries, ERC-3668 lookups, status, health and metrics on 127.0.0.1.
 *
 * @throws {ListenError} when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { port } = options;
  const server = await new Promise<ServerType>((resolve, reject) => {
    const starting = serve({ fetch: createApp(options).fetch, hostname: "127.0.0.1", port }, () => {
      starting.off("error", refuse);
      resolve(starting);
    });
    const refuse = (cause: Error) => reject(new ListenError(port, cause));
    starting.once("error", refuse);
  });
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("the server has no port");
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) {
          server.closeAllConnections();
        }
      }),
  };
}

function createApp(options: ServerOptions): Hono {
  const { corsOrigin, application, methods, inspector, findProvenOutputs, status, health, metrics, log } =
    options;
  const app = new Hono();
  app.use(refusePages(corsOrigin));
  if (corsOrigin !== undefined) {
    app.use(cors({ origin: corsOrigin }));
  }

  app.post("/rpc", atMost(MAX_RPC_BYTES), async (c) => {
    const answer = answerJsonRpc(methods, await c.req.text(), (method, error) =>
      log.error({ method, error: String(error) }, "a JSON-RPC call failed"),
    );
    return answer === undefined ? c.body(null, 204) : c.json(answer as object);
  });

  const inspect = async (c: Context, query: Uint8Array) => {
    if (!isOurs(c.req.param("application") ?? "", application)) {
      return c.text("Application not found", 404);
    }
    try {
      const pieces = await inspector(query, { client: clientOf(c), signal: c.req.raw.signal });
      c.header("content-type", "application/json");
      return stream(c, async (body) => {
        for (const piece of pieces) {
          await body.write(piece);
        }
      });
    } catch (error) {
      if (error instanceof InspectUnavailableError) {
        return c.text(error.message, 503);
      }
      if (c.req.raw.signal.aborted) {
        return c.body(null, 408);
      }
      log.error({ error: String(error) }, "a query failed");
      return c.text("Internal server error", 500);
    }
  };
  app.post("/inspect/:application", atMost(MAX_QUERY_BYTES), async (c) =>
    inspect(c, new Uint8Array(await c.req.arrayBuffer())),
  );
  app.get("/inspect/:application/:query{.+}", (c) =>
    inspect(c, new TextEncoder().encode(c.req.param("query"))),
  );

  addHashLookups(app, { application, findProvenOutputs });

  const json = (c: Context, value: object, code: 200 | 503 = 200) =>
    c.body(JSON.stringify(value, bigIntToNumber), code, { "content-type": "application/json" });
  app.get("/status", (c) => json(c, status()));
  app.get("/health", (c) => {
    const now = health();
    return json(c, now, now.ok ? 200 : 503);
  });
  app.get("/metrics", async (c) =>
    c.body(await metrics(), 200, { "content-type": Registry.PROMETHEUS_CONTENT_TYPE }),
  );
  return app;
}

/**
 * Refuses what web pages of other origins send, which they could even if they cannot read the answer. Of an image or a link a
 * browser does not name the origin, but says that another site asks.
 */
function refusePages(allowed: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header("origin");
    const site = c.req.header("sec-fetch-site") ?? "none";
    const isOurOwn = origin === undefined ? OWN_SITES.includes(site) : origin === allowed;
    return isOurOwn || allowed === "*" ? next() : c.text("This web page may not ask: see --cors-origin", 403);
  };
}

function isOurs(given: string, application: Address): boolean {
  return (
    given === APPLICATION_NAME || (isAddress(given, { strict: false }) && isAddressEqual(given, application))
  );
}

function bigIntToNumber(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
