import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { IndexerError } from "../indexerError.ts";
import type { WebhookSettings } from "../settings.ts";
import { type Cursors, openCursors } from "./cursors.ts";
import { deliver, type Endpoint } from "./deliver.ts";
import {
  createFeedReader,
  type FeedReader,
  type Followed,
  positionAt,
  positionBehind,
} from "./feedReader.ts";

const POLL_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 600_000;

export interface WebhooksOptions {
  chainIds: readonly number[];
  settings: WebhookSettings;
  log(line: string): void;
}

export interface Webhooks {
  /** Begins to follow an indexer's feed. */
  start(indexerUrl: string): void;
  stop(): Promise<void>;
}

interface Follower {
  followed: Followed;
  endpoint: Endpoint;
  confirmations: number;
  /** Of the cursor. */
  name: string;
  cursors: Cursors;
  signal: AbortSignal;
  log(line: string): void;
}

/**
 * Tells webhooks of what the indexer's feed shows from now on, or from where an earlier run ended. Each item is told until the
 * endpoint takes it, in order, so that none is left out; one may be told twice.
 *
 * @throws {IndexerError} when a secret or the file of an earlier run cannot be read.
 */
export function openWebhooks({ chainIds, settings, log }: WebhooksOptions): Webhooks {
  const stopping = new AbortController();
  const { signal } = stopping;
  const cursors = openCursors(settings.directory);
  const followers = settings.endpoints.flatMap(({ url, secretFile, application, confirmations }) => {
    const endpoint = { url, secret: readSecret(secretFile) };
    return chainIds.map((chainId): Follower => {
      const followed = { chainId, application };
      // a URL may have a secret in it, so that neither file nor log shows more than its host
      const name = `${new URL(url).host} ${hashOf(url)} ${chainId} ${application ?? "all"}`;
      if (cursors.get(name) === undefined) {
        cursors.set(name, positionAt(new Date()));
      }
      return { followed, endpoint, confirmations, name, cursors, signal, log };
    });
  });
  let following: Promise<unknown> = Promise.resolve();
  return {
    start: (indexerUrl) => {
      const feed = createFeedReader(indexerUrl, signal);
      following = Promise.all(followers.map((follower) => follow(follower, feed)));
    },
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}

function readSecret(file: string): string {
  try {
    const secret = readFileSync(file, "utf8").trim();
    new Webhook(secret);
    return secret;
  } catch (error) {
    throw new IndexerError(`${file} has no secret of a webhook`, {
      details: (error as Error).message,
      remedy: 'make one: echo "whsec_$(openssl rand -base64 32)" > FILE',
    });
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

async function follow(follower: Follower, feed: FeedReader): Promise<void> {
  const { followed, endpoint, confirmations, name, cursors, signal } = follower;
  while (!signal.aborted) {
    const position = cursors.get(name)!;
    const items = (await insist(follower, () => feed.next(followed, position, confirmations))) ?? [];
    for (const item of items) {
      if (await insist(follower, () => deliver(endpoint, item, signal))) {
        cursors.set(name, positionBehind(item));
      }
    }
    if (items.length === 0) {
      await pause(POLL_MS, undefined, { signal }).catch(() => {});
    }
  }
}

/** Tries until it succeeds, at growing intervals; undefined when it was stopped before. */
async function insist<Value>(
  { name, signal, log }: Follower,
  attempt: () => Promise<Value>,
): Promise<Value | undefined> {
  for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(2 * wait, MAX_RETRY_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!signal.aborted) {
        log(`webhook ${name}: ${reasonOf(error)}; trying again in ${wait / 1_000} s`);
        await pause(wait, undefined, { signal }).catch(() => {});
      }
    }
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { message?: string } };
  return cause?.message ? `${message}: ${cause.message}` : message;
}
