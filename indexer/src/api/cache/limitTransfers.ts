import { createMiddleware } from "hono/factory";
import { outgoingOf } from "../limits/answers.ts";
import { CACHE_STALL_MS, MAX_CACHE_REQUESTS } from "../limits/bounds.ts";
import { RequestError } from "../limits/requestError.ts";

let running = 0;

/** Closes the connections of clients that do not go on reading; how long a whole NAR takes is up to their networks. */
export const limitTransfers = createMiddleware(async (context, next) => {
  if (running >= MAX_CACHE_REQUESTS) {
    throw new RequestError(503, "too many clients read from the caches", {
      remedy: "try again in some seconds",
    });
  }
  const outgoing = outgoingOf(context);
  if (outgoing === undefined) {
    return next();
  }
  running += 1;
  outgoing.once("close", () => {
    running -= 1;
  });
  outgoing.setTimeout(CACHE_STALL_MS, () => outgoing.destroy());
  return next();
});
