import { db } from "ponder:api";
import schema from "ponder:schema";
import { Hono } from "hono";
import { graphql } from "ponder";

const PATH = "/graphql";

/** Ponder's own endpoint, which is reached only through the checks here. */
const app = new Hono().use(PATH, graphql({ db, schema }));

/** The page to write queries in. */
export async function showPonder(): Promise<Response> {
  return app.request(PATH);
}

/** What Ponder answers a GraphQL request about tables. */
export async function askPonder(request: object): Promise<string> {
  const response = await app.request(PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  return response.text();
}
