import { z } from "@hono/zod-openapi";
import { type RegistryEvent, readEvents } from "./events.ts";
import { encodeCursor, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, count, hex, index, place, time } from "./shapes.ts";

const item = z
  .object({
    id: z.string().openapi({ description: "of the event: chain, block hash and log index" }),
    title: z.string(),
    content_text: z.string(),
    date_published: z.string().optional().openapi({ description: "the block's time" }),
    _cartenix: z.object({
      type: z.enum(["output.recorded", "output.conflicted", "derivation.conflicted"]),
      ...place,
      application: hex,
      pathKey: hex,
      storePath: z.string().nullable(),
      narHash: z.string().nullable().openapi({
        description: "what was recorded; null where a derivation led to another path",
      }),
      firstNarHash: z.string().nullable().openapi({ description: "the path's first hash, which stays" }),
      derivationKey: hex.nullable(),
      firstPathKey: hex.nullable().openapi({
        description: "the derivation's first path, where it led to another one",
      }),
      inputIndex: count,
      recordedAt: time,
      cursor: z.string().openapi({ description: "`after` of what follows this item" }),
      check,
    }),
  })
  .openapi("FeedItem");

const feed = z.object({
  version: z.literal("https://jsonfeed.org/version/1.1"),
  title: z.string(),
  description: z.string(),
  items: z.array(item),
  _cartenix: z.object({
    next: z.string().nullable().openapi({ description: "`after` of the next page; null on the last one" }),
  }),
});

export function addFeed(api: Api): void {
  addRoute(
    api,
    {
      path: "/feed",
      question: "feed",
      tag: "outputs",
      summary: "What applications recorded, and what contradicted it, as a JSON Feed",
      description: "For feed readers, and for programs that ask for what is new: `order=oldest` and `after`.",
      query: {
        chainId: chainId.optional(),
        application: address.optional(),
        order: z.enum(["newest", "oldest"]).default("newest"),
        since: index.optional().openapi({ description: "no blocks before this time, in seconds since 1970" }),
        ...paging,
      },
      answer: feed,
    },
    async (asked) => {
      const { limit } = asked;
      const events = await readEvents({ ...asked, limit: limit + 1 });
      const shown = events.slice(0, limit);
      const items = shown.map(formatItem);
      return {
        version: "https://jsonfeed.org/version/1.1",
        title: "Cartenix: recorded outputs and conflicts",
        description:
          "Outputs of Nix derivations that machines built, and hashes or paths that contradict earlier ones.",
        items,
        _cartenix: { next: events.length > limit ? items.at(-1)!._cartenix.cursor : null },
      };
    },
  );
}

/** The last second that a date can show. */
const MAX_DATE_SECONDS = 8_640_000_000_000n;

function formatItem(event: RegistryEvent) {
  const {
    type,
    chainId: chain,
    application,
    blockNumber,
    blockHash,
    logIndex,
    inputIndex,
    recordedAt,
  } = event;
  const { key, ...shown } = event;
  const what = event.storePath ?? `the path with the key ${event.pathKey}`;
  return {
    id: `${chain}-${blockHash}-${logIndex}`,
    title: `${event.storePath?.slice("/nix/store/".length) ?? event.pathKey}: ${TITLES[type]}`,
    content_text:
      `Application ${application} on chain ${chain} recorded ${event.narHash ?? "a derivation's output"} for ${what} ` +
      `in block ${blockNumber}, built by input ${inputIndex}${contradictionOf(event)}.`,
    ...(recordedAt <= MAX_DATE_SECONDS
      ? { date_published: new Date(Number(recordedAt) * 1_000).toISOString() }
      : {}),
    _cartenix: { ...shown, cursor: encodeCursor(key) },
  };
}

const TITLES = {
  "output.recorded": "recorded",
  "output.conflicted": "a different hash",
  "derivation.conflicted": "another path of its derivation",
};

function contradictionOf({ type, firstNarHash, firstPathKey }: RegistryEvent): string {
  switch (type) {
    case "output.recorded":
      return "";
    case "output.conflicted":
      return `, and had recorded ${firstNarHash} first`;
    case "derivation.conflicted":
      return `, and its derivation had led to the path with the key ${firstPathKey} first`;
  }
}
