import { z } from "zod";
import { IndexerError } from "../indexerError.ts";

const PAGE = 50;
const TIMEOUT_MS = 30_000;

const item = z.object({
  id: z.string(),
  _cartenix: z.object({ type: z.string(), blockNumber: z.string(), cursor: z.string() }).passthrough(),
});
const feed = z.object({ items: z.array(item) });
const status = z.record(z.object({ id: z.number(), block: z.object({ number: z.number() }) }));

export type FeedItem = z.output<typeof item>;

/** What a reader follows: one chain, and one application there or all. */
export interface Followed {
  chainId: number;
  application?: string | undefined;
}

/** Reads an indexer's feed, in the order in which things happened. */
export function createFeedReader(indexerUrl: string, signal: AbortSignal) {
  async function get<Schema extends z.ZodTypeAny>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const response = await fetch(`${indexerUrl}${path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) {
      throw new IndexerError(`the indexer answered ${path} with ${response.status}`);
    }
    return schema.parse(await response.json());
  }

  return {
    /** The next items from a position on that have so many blocks above them. */
    async next(followed: Followed, position: string, confirmations: number): Promise<FeedItem[]> {
      // the chain's head first: what comes in meanwhile only has more blocks above it
      const chains = Object.values(await get("/status", status));
      const head = chains.find(({ id }) => id === followed.chainId)?.block.number ?? 0;
      const { items } = await get(`/v1/feed?${queryOf(followed)}&${position}`, feed);
      const early = items.findIndex(
        ({ _cartenix: { blockNumber } }) => Number(blockNumber) > head - confirmations,
      );
      return early === -1 ? items : items.slice(0, early);
    },
  };
}

function queryOf({ chainId, application }: Followed): URLSearchParams {
  return new URLSearchParams({
    ...{ chainId: String(chainId), order: "oldest", limit: String(PAGE) },
    ...(application ? { application } : {}),
  });
}

/** A position in the feed, as a part of a request for what follows. */
export function positionAt(time: Date): string {
  return `since=${Math.floor(time.getTime() / 1_000)}`;
}

export function positionBehind({ _cartenix: { cursor } }: FeedItem): string {
  return `after=${encodeURIComponent(cursor)}`;
}

export type FeedReader = ReturnType<typeof createFeedReader>;
