import { execute } from "graphql";
import type { Context } from "hono";
import { z } from "zod";
import { answerJson } from "../limits/answers.ts";
import { type CheckedQuery, createQueryCheck, type GraphQLRequest } from "../limits/checkQuery.ts";
import { runSearch, withinTime } from "../limits/lanes.ts";
import { readBody } from "../limits/readBody.ts";
import { RequestError } from "../limits/requestError.ts";
import type { Question } from "../rest/route.ts";
import { askPonder, showPonder } from "./askPonder.ts";
import { readAnswer } from "./askTable.ts";
import { createWholeSchema } from "./wholeSchema.ts";

const graphqlRequest = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.unknown()).nullish(),
});

/** Answers GraphQL requests that are within the bounds; a GET shows the page to write queries in. */
export function createGraphQL(questions: readonly Question[]) {
  let made: ReturnType<typeof makeEndpoint> | undefined;
  return async (context: Context): Promise<Response> => {
    if (context.req.method === "GET") {
      return showPonder();
    }
    try {
      const request = parseRequest(context.req.header("content-type"), await readBody(context));
      made ??= makeEndpoint(questions);
      const { check, run } = await made;
      const checked = check(request);
      const answer = () => run(request, checked);
      return answerJson(context, await (checked.isLookup ? withinTime(answer()) : runSearch(answer)));
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

async function makeEndpoint(questions: readonly Question[]) {
  const schema = await createWholeSchema(questions);
  const check = createQueryCheck(schema, new Map(questions.map((question) => [question.name, question])));
  const run = async (request: GraphQLRequest, { document, hasQuestions }: CheckedQuery) =>
    // tables alone are Ponder's, without the way through both schemas
    hasQuestions
      ? JSON.stringify(
          await execute({
            ...{ schema, document, variableValues: request.variables, fieldResolver: readAnswer },
            ...(request.operationName ? { operationName: request.operationName } : {}),
          }),
        )
      : askPonder(request);
  return { check, run };
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
