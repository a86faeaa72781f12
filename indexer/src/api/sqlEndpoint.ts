import type { ServerResponse } from "node:http";
import { db } from "ponder:api";
import schema from "ponder:schema";
import { type Context, Hono } from "hono";
import { client } from "ponder";
import { z } from "zod";
import { answerJson } from "./limits/answers.ts";
import { MAX_LIVE_QUERIES, MAX_SQL_ROWS } from "./limits/bounds.ts";
import { runSearch } from "./limits/lanes.ts";
import { RequestError } from "./limits/requestError.ts";

/** A statement as `@ponder/client` sends it, in superjson's form. */
const statement = z.object({ json: z.object({ sql: z.string() }).passthrough() }).passthrough();

let liveQueries = 0;

/** `/sql/*` for `@ponder/client`, whose statements are cut to some rows. */
export function createSqlEndpoint() {
  const ponderApp = new Hono().use("/sql/*", client({ db, schema }));
  return async (context: Context): Promise<Response> => {
    const url = new URL(context.req.url);
    url.searchParams.set("sql", boundRows(url.searchParams.get("sql") ?? ""));
    const ask = async () => ponderApp.fetch(new Request(url, { signal: context.req.raw.signal }));
    if (url.pathname === "/sql/live") {
      return followLive(context, ask);
    }
    return runSearch(async () => {
      const response = await ask();
      const text = await response.text();
      return response.ok ? answerJson(context, text) : context.text(text, 400);
    });
  };
}

/** The statement as the inner part of one that returns some rows; Ponder checks that it is a single query. */
function boundRows(text: string): string {
  const parsed = statement.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new RequestError(400, "the parameter sql is missing or wrong", {
      remedy: "send what @ponder/client sends",
    });
  }
  const { data } = parsed;
  const inner = data.json.sql.trim().replace(/;$/, "");
  data.json.sql = `SELECT * FROM (${inner}\n) AS bounded LIMIT ${MAX_SQL_ROWS}`;
  return JSON.stringify(data);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function followLive(context: Context, ask: () => Promise<Response>): Promise<Response> {
  const { outgoing } = context.env as { outgoing: ServerResponse };
  if (liveQueries >= MAX_LIVE_QUERIES) {
    throw new RequestError(503, `${MAX_LIVE_QUERIES} clients follow live queries already`, {
      remedy: "try again later, or ask at intervals",
    });
  }
  liveQueries += 1;
  outgoing.once("close", () => {
    liveQueries -= 1;
  });
  return ask();
}
