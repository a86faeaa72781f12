import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { answerJson } from "../limits/answers.ts";
import { runSearch, withinTime } from "../limits/lanes.ts";
import { RequestError } from "../limits/requestError.ts";
import { problem } from "./shapes.ts";

/** A request that is answered with JSON. */
export interface Route<Params extends z.ZodRawShape, Query extends z.ZodRawShape> {
  path: string;
  tag: string;
  summary: string;
  description?: string;
  params?: Params;
  query?: Query;
  answer: z.ZodTypeAny;
  /** The field of GraphQL's that answers the same; without one where a table of GraphQL's does. */
  question?: string;
  /** A search may read many rows, and waits while others do. */
  isSearch?: boolean;
}

type Asked<Params extends z.ZodRawShape, Query extends z.ZodRawShape> = z.output<z.ZodObject<Params>> &
  z.output<z.ZodObject<Query>>;

/** A route as a field of GraphQL's. */
export interface Question {
  name: string;
  summary: string;
  parameters: z.AnyZodObject;
  answer: z.ZodTypeAny;
  isSearch: boolean;
  /** Its answer, with bigints as decimal digits. */
  respond(asked: object): Promise<unknown>;
}

export interface Api {
  app: OpenAPIHono;
  questions: Question[];
}

/** An app for routes, which refuses wrong parameters. */
export function createApi(): Api {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) {
        const [issue] = result.error.issues;
        const name = issue?.path.join(".") || "the parameters";
        throw new RequestError(400, `${name}: ${issue?.message}`, {
          remedy: "compare the request with /openapi.json",
        });
      }
    },
  });
  return { app, questions: [] };
}

/** Adds a route. What `respond` returns is sent within the bounds, with bigints as decimal digits. */
export function addRoute<
  Params extends z.ZodRawShape = z.ZodRawShape,
  Query extends z.ZodRawShape = z.ZodRawShape,
>(api: Api, route: Route<Params, Query>, respond: (asked: Asked<Params, Query>) => Promise<unknown>): void {
  const { path, tag, summary, description, params, query, answer, question, isSearch = false } = route;
  if (question !== undefined) {
    api.questions.push({
      ...{ name: question, summary, answer, isSearch },
      parameters: z.object({ ...params, ...query }),
      respond: async (asked) => JSON.parse(toJson(await respond(asked as Asked<Params, Query>))),
    });
  }
  const config = createRoute({
    method: "get",
    path,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    request: {
      params: z.object(params ?? {}),
      query: z.object(query ?? {}).strict(),
    },
    responses: { 200: json(answer, "the answer"), ...PROBLEMS },
  });
  api.app.openapi(config, async (context) => {
    const asked = { ...context.req.valid("param"), ...context.req.valid("query") } as Asked<Params, Query>;
    const run = () => respond(asked);
    const value = await (isSearch ? runSearch(run) : withinTime(run()));
    // the answer is already text; that it is what the document promises is tested, not typed
    return answerJson(context, toJson(value)) as never;
  });
}

function toJson(value: unknown): string {
  return JSON.stringify(value, withoutBigInts);
}

function withoutBigInts(_: string, item: unknown): unknown {
  return typeof item === "bigint" ? item.toString() : item;
}

function json(schema: z.ZodTypeAny, description: string) {
  return { content: { "application/json": { schema } }, description };
}

const PROBLEMS = {
  400: json(problem, "a parameter is wrong"),
  404: json(problem, "it is not there"),
  422: json(problem, "the answer would be too long"),
  502: json(problem, "the chain did not answer"),
  503: json(problem, "too many searches are running"),
  504: json(problem, "it took too long"),
};
