import type { Context } from "hono";
import { BODY_TIMEOUT_MS, MAX_BODY_BYTES } from "./bounds.ts";
import { RequestError } from "./requestError.ts";

/** How much more is read of a body that is too long, so that its sender hears why. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/**
 * Reads a request's body as text.
 *
 * @throws {RequestError} when it is too long or too slow.
 */
export async function readBody({ req }: Context): Promise<string> {
  const reader = req.raw.body?.getReader();
  const chunks: Uint8Array[] = [];
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader?.cancel().catch(() => undefined);
  }, BODY_TIMEOUT_MS);
  let size = 0;
  try {
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      size += part.value.length;
      if (size <= MAX_BODY_BYTES) {
        chunks.push(part.value);
      } else if (size > MAX_DISCARDED_BYTES) {
        break;
      }
    }
  } finally {
    clearTimeout(timer);
  }
  if (size > MAX_BODY_BYTES) {
    throw new RequestError(413, `the body is longer than ${MAX_BODY_BYTES} bytes`, {
      remedy: "ask for less at a time",
    });
  }
  if (isLate) {
    throw new RequestError(408, `the body did not arrive within ${BODY_TIMEOUT_MS} ms`, {
      remedy: "send the request again",
    });
  }
  return Buffer.concat(chunks).toString();
}
