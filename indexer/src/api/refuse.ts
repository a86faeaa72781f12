import type { Context } from "hono";
import { answerJson } from "./limits/answers.ts";
import { RequestError } from "./limits/requestError.ts";

/** An error as JSON: what was wrong, and what to do. */
export function refuse(error: Error, context: Context): Response {
  const refusal = error instanceof RequestError ? error : unexpected(error);
  const { status, code, shortMessage, details, remedy, docs } = refusal;
  const body = { status, code, message: shortMessage, details, remedy, docs };
  return answerJson(context, JSON.stringify({ error: body }), status);
}

/** What is wrong on our side is logged, not shown: it may hold addresses of databases and chains. */
function unexpected(error: Error): RequestError {
  console.error(error);
  return new RequestError(500, "the indexer failed to answer", {
    remedy: "try again; its log has the cause",
  });
}
