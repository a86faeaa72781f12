import { bodyLimit } from "hono/body-limit";

/** Rejects longer bodies, and closes the connection without reading the rest. */
export function atMost(maxSize: number) {
  return bodyLimit({ maxSize, onError: (c) => c.text("Payload too large", 413, { connection: "close" }) });
}
