import { Webhook } from "standardwebhooks";
import type { FeedItem } from "./feedReader.ts";

const TIMEOUT_MS = 10_000;

export interface Endpoint {
  url: string;
  /** `whsec_` and the key's base64. */
  secret: string;
}

/**
 * Tells an endpoint of an item, once, as [Standard Webhooks](https://www.standardwebhooks.com) has it: the item's id stays the same
 * when it is told again.
 *
 * @throws when the endpoint does not answer with success.
 */
export async function deliver(
  { url, secret }: Endpoint,
  { id, _cartenix: { type, cursor: _, ...data } }: FeedItem,
  signal: AbortSignal,
): Promise<true> {
  const sentAt = new Date();
  const body = JSON.stringify({ type, timestamp: sentAt.toISOString(), data });
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1_000)),
      "webhook-signature": new Webhook(secret).sign(id, sentAt, body),
    },
    body,
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}`);
  }
  return true;
}
