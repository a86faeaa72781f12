import { db } from "ponder:api";
import schema from "ponder:schema";
import { buildClientSchema, type ExecutionResult } from "graphql";
import { type Context, Hono } from "hono";
import { graphql as ponderServer } from "ponder";
import { z } from "zod";
import { answerJson } from "../limits/answers.ts";
import { type CheckedQuery, createQueryCheck, type GraphQLRequest } from "../limits/checkQuery.ts";
import { runSearch, withinTime } from "../limits/lanes.ts";
import { readBody } from "../limits/readBody.ts";
import { RequestError } from "../limits/requestError.ts";
import type { Question } from "../rest/route.ts";
import { graphql } from "./ponderGraphQL.ts";
import { createTablesContext, createWholeSchema } from "./wholeSchema.ts";

const graphqlRequest = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.unknown()).nullish(),
});

const PAGE = "/graphql";

/** Ponder's page to write queries in, the only thing that is asked of its server. */
const page = new Hono().get(PAGE, ponderServer({ db, schema }));

/** Answers GraphQL requests that are within the bounds; a GET shows the page to write queries in. */
export function createGraphQL(questions: readonly Question[]) {
  const whole = createWholeSchema(questions);
  const check = createQueryCheck(
    buildClientSchema(graphql.introspectionFromSchema(whole)),
    new Map(questions.map((question) => [question.name, question])),
  );

  async function answer({ variables, operationName }: GraphQLRequest, { document }: CheckedQuery) {
    const result = await graphql.execute({
      ...{ schema: whole, document, variableValues: variables, contextValue: createTablesContext() },
      ...(operationName ? { operationName } : {}),
    });
    return JSON.stringify(withShortErrors(result));
  }

  return async (context: Context): Promise<Response> => {
    if (context.req.method === "GET") {
      return page.request(PAGE);
    }
    try {
      const request = parseRequest(context.req.header("content-type"), await readBody(context));
      const checked = check(request);
      const run = () => answer(request, checked);
      return answerJson(context, await (checked.isLookup ? withinTime(run()) : runSearch(run)));
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      const { message, status, code, remedy, docs } = error;
      const extensions = { code, remedy, docs };
      return answerJson(context, JSON.stringify({ errors: [{ message, extensions }] }), status);
    }
  };
}

const MAX_MESSAGE_LENGTH = 200;

/** A database's message may hold the whole statement. */
function withShortErrors({ errors, ...result }: ExecutionResult): object {
  const shown = errors?.map((error) => {
    const { message, ...rest } = error.toJSON();
    return { message: message.split("\n")[0]!.slice(0, MAX_MESSAGE_LENGTH), ...rest };
  });
  return { ...result, ...(shown ? { errors: shown } : {}) };
}

function parseRequest(contentType: string | undefined, body: string): GraphQLRequest {
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
