import { db } from "ponder:api";
import { release } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq } from "ponder";
import { releaseRegistryAbi } from "../../../../abi/index.ts";
import { checkCall } from "./checkCall.ts";
import { behind, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, hex, place, storePath, time } from "./shapes.ts";

const releaseShape = z
  .object({
    ...place,
    registry: hex,
    project: z.string(),
    projectKey: hex,
    version: z.string(),
    storePath: z.string(),
    narHash: z.string(),
    yankReason: z.string().nullable().openapi({ description: "why nobody should use it any more" }),
    publishedAt: time,
    yankedAt: time.nullable(),
    check,
  })
  .openapi("Release");

type Row = typeof release.$inferSelect;

const NEWEST_FIRST = {
  columns: [
    release.blockNumber,
    release.logIndex,
    release.chainId,
    release.registry,
    release.projectKey,
    release.version,
  ],
  direction: "desc",
  keyOf: (row: Row) => [
    row.blockNumber,
    row.logIndex,
    row.chainId,
    row.registry,
    row.projectKey,
    row.version,
  ],
} as const;

export function addReleases(api: Api): void {
  addRoute(
    api,
    {
      path: "/releases",
      tag: "contracts",
      summary: "What the configured release registries published, the newest first",
      query: {
        chainId: chainId.optional(),
        registry: address.optional(),
        storePath: storePath.optional(),
        ...paging,
      },
      answer: pageOf(releaseShape),
    },
    async ({ chainId: chain, registry, storePath: path, limit, after }) => {
      const rows = await db
        .select()
        .from(release)
        .where(
          and(
            chain === undefined ? undefined : eq(release.chainId, chain),
            registry === undefined ? undefined : eq(release.registry, registry),
            path === undefined ? undefined : eq(release.storePath, path),
            behind(NEWEST_FIRST, after),
          ),
        )
        .orderBy(...orderBy(NEWEST_FIRST))
        .limit(limit + 1);
      return makePage(NEWEST_FIRST, rows, limit, ({ projectName: project, ...row }) => ({
        ...row,
        project,
        check: checkCall(row.registry, releaseRegistryAbi, "releaseOf", [project, row.version]),
      }));
    },
  );
}
