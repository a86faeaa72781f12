import type { z } from "@hono/zod-openapi";
import type { GraphQLError, GraphQLFieldConfigMap } from "graphql";
import { RequestError } from "../limits/requestError.ts";
import type { Question } from "../rest/route.ts";
import { graphql } from "./ponderGraphQL.ts";
import { createTypes, descriptionOf, inputTypeOf } from "./typeOfShape.ts";

/** The questions that REST answers and no table does, as fields with REST's own answers. */
export function questionFields(questions: readonly Question[]): GraphQLFieldConfigMap<unknown, unknown> {
  const typeOf = createTypes();
  const fields = questions.map((question) => {
    const { name, summary, parameters, answer } = question;
    const args = Object.entries<z.ZodTypeAny>(parameters.shape).map(([parameter, shape]) => [
      parameter,
      { type: inputTypeOf(shape), description: descriptionOf(shape) },
    ]);
    // may be null, so that one that fails leaves the answers of others
    const type = graphql.getNullableType(typeOf(answer, name[0]!.toUpperCase() + name.slice(1)));
    const resolve = (_: unknown, asked: object) => respond(question, asked);
    return [name, { type, description: summary, args: Object.fromEntries(args), resolve }];
  });
  return Object.fromEntries(fields);
}

async function respond({ parameters, respond: answer }: Question, asked: object): Promise<unknown> {
  const parsed = parameters.safeParse(asked);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw problem(
      new RequestError(400, `${issue?.path.join(".")}: ${issue?.message}`, {
        remedy: "compare the argument with its description at /openapi.json",
      }),
    );
  }
  return answer(parsed.data).catch((error: unknown) => {
    throw error instanceof RequestError ? problem(error) : error;
  });
}

function problem({ shortMessage, code, remedy, docs }: RequestError): GraphQLError {
  return new graphql.GraphQLError(shortMessage, { extensions: { code, remedy, docs } });
}
