import { db } from "ponder:api";
import schema from "ponder:schema";
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from "graphql";
import { type Context, Hono } from "hono";
import { graphql } from "ponder";
import { z } from "zod";
import { answerJson } from "./limits/answers.ts";
import { createQueryCheck } from "./limits/checkQuery.ts";
import { runSearch, withinTime } from "./limits/lanes.ts";
import { readBody } from "./limits/readBody.ts";
import { RequestError } from "./limits/requestError.ts";

const PATH = "/graphql";

/** Ponder's own endpoint, which is reached only through the checks here. */
const ponderApp = new Hono().use(PATH, graphql({ db, schema }));

const graphqlRequest = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.unknown()).nullish(),
});

type QueryCheck = ReturnType<typeof createQueryCheck>;
let queryCheck: Promise<QueryCheck> | undefined;

/** Answers a GraphQL request if it is within the bounds; a GET shows the page to write queries in. */
export async function serveGraphQL(context: Context): Promise<Response> {
  const { method } = context.req;
  if (method === "GET") {
    return ponderApp.request(PATH);
  }
  try {
    const request = parseRequest(context.req.header("content-type"), await readBody(context));
    queryCheck ??= makeQueryCheck();
    const { isLookup } = (await queryCheck)(request);
    const run = () => askPonder(request);
    return answerJson(context, await (isLookup ? withinTime(run()) : runSearch(run)));
  } catch (error) {
    if (!(error instanceof RequestError)) {
      throw error;
    }
    const { message, status, code, remedy, docs } = error;
    const extensions = { code, remedy, docs };
    return answerJson(context, JSON.stringify({ errors: [{ message, extensions }] }), status);
  }
}

async function makeQueryCheck(): Promise<QueryCheck> {
  const answer = await askPonder({ query: getIntrospectionQuery(), variables: {} });
  return createQueryCheck(buildClientSchema((JSON.parse(answer) as { data: IntrospectionQuery }).data));
}

async function askPonder(request: object): Promise<string> {
  const response = await ponderApp.request(PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  return response.text();
}

function parseRequest(contentType: string | undefined, body: string) {
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new RequestError(415, "the content type is not application/json", {
      remedy: 'send {"query": …, "variables": …} as application/json',
    });
  }
  const parsed = graphqlRequest.safeParse(parseJson(body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RequestError(400, "the body is not a GraphQL request", {
      details: `${issue?.path.join(".")}: ${issue?.message}`,
      remedy: 'send {"query": …, "variables": …}',
    });
  }
  const { query, operationName, variables } = parsed.data;
  return { query, ...(operationName ? { operationName } : {}), variables: variables ?? {} };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
