import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";

/** The address of a client. We listen for this computer alone, so others come through a proxy, which names them last. */
export function clientOf(c: Context): string {
  const forwarded = c.req.header("x-forwarded-for")?.split(",").at(-1)?.trim();
  return forwarded || (getConnInfo(c).remote.address ?? "");
}
