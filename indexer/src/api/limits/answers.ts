import type { ServerResponse } from "node:http";
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { MAX_ANSWER_BYTES, MAX_UNREAD_BYTES, REQUEST_TIMEOUT_MS } from "./bounds.ts";
import { RequestError } from "./requestError.ts";

let unreadBytes = 0;

/** Closes the connections of clients that do not read their answers. */
export const endSlowReaders: MiddlewareHandler = createMiddleware(async (context, next) => {
  const outgoing = outgoingOf(context);
  const timer = setTimeout(() => outgoing?.destroy(), REQUEST_TIMEOUT_MS);
  outgoing?.once("close", () => clearTimeout(timer));
  await next();
  if (outgoing === undefined) {
    clearTimeout(timer);
  }
});

/**
 * A JSON text as the answer.
 *
 * @throws {RequestError} when it is too long, or when too many answers are not read yet.
 */
export function answerJson(context: Context, json: string, status: ContentfulStatusCode = 200): Response {
  const size = Buffer.byteLength(json);
  if (size > MAX_ANSWER_BYTES) {
    throw new RequestError(422, `the answer has ${size} bytes, and at most ${MAX_ANSWER_BYTES} are sent`, {
      remedy: "ask for fewer rows or columns at a time",
    });
  }
  const outgoing = outgoingOf(context);
  if (outgoing !== undefined) {
    if (unreadBytes + size > MAX_UNREAD_BYTES) {
      throw new RequestError(503, "too many clients have not read their answers yet", {
        remedy: "try again in some seconds",
      });
    }
    unreadBytes += size;
    outgoing.once("close", () => {
      unreadBytes -= size;
    });
  }
  return context.body(json, status, { "content-type": "application/json; charset=utf-8" });
}

/** Node's response, of which there is none when a test calls the app itself. */
export function outgoingOf({ env }: Context): ServerResponse | undefined {
  return (env as { outgoing?: ServerResponse } | undefined)?.outgoing;
}
