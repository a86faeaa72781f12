import { db } from "ponder:api";
import { conflict, output } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq } from "ponder";
import { buildRegistryAbi } from "../../../../abi/index.ts";
import { narHashBytes } from "../../../../trust/index.ts";
import { registryOf } from "./chains.ts";
import { checkCall } from "./checkCall.ts";
import { columnsOfEvent, keyOfEvent } from "./eventOrder.ts";
import { behind, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, count, hex, narHash, place, time } from "./shapes.ts";

const conflictShape = z
  .object({
    ...place,
    application: hex,
    pathKey: hex,
    storePath: z.string().nullable(),
    firstNarHash: z.string().nullable(),
    narHash: z.string().openapi({ description: "the different one" }),
    inputIndex: count,
    recordedAt: time,
    check,
  })
  .openapi("Conflict");

const NEWEST_FIRST = {
  columns: columnsOfEvent(conflict),
  direction: "desc",
  keyOf: ({ conflict: row }: Row) => keyOfEvent(row),
} as const;

interface Row {
  conflict: typeof conflict.$inferSelect;
  storePath: string | null;
  firstNarHash: string | null;
}

export function addConflicts(api: Api): void {
  addRoute(
    api,
    {
      path: "/conflicts",
      tag: "outputs",
      summary: "Hashes that an application recorded for a path beside the first, the newest first",
      query: {
        chainId: chainId.optional(),
        application: address.optional(),
        narHash: narHash.optional().openapi({ description: "the hash that is not the first one" }),
        ...paging,
      },
      answer: pageOf(conflictShape),
    },
    async ({ chainId: chain, application, narHash: hash, limit, after }) => {
      const rows: Row[] = await db
        .select({ conflict, storePath: output.storePath, firstNarHash: output.narHash })
        .from(conflict)
        .leftJoin(
          output,
          and(
            eq(output.chainId, conflict.chainId),
            eq(output.applicationAddress, conflict.applicationAddress),
            eq(output.pathKey, conflict.pathKey),
          ),
        )
        .where(
          and(
            chain === undefined ? undefined : eq(conflict.chainId, chain),
            application === undefined ? undefined : eq(conflict.applicationAddress, application),
            hash === undefined ? undefined : eq(conflict.narHash, hash),
            behind(NEWEST_FIRST, after),
          ),
        )
        .orderBy(...orderBy(NEWEST_FIRST))
        .limit(limit + 1);
      return makePage(NEWEST_FIRST, rows, limit, formatConflict);
    },
  );
}

function formatConflict({ conflict: row, storePath, firstNarHash }: Row) {
  const { applicationAddress: application, ...rest } = row;
  const asked = [application, row.pathKey, narHashBytes(row.narHash)] as const;
  return {
    ...rest,
    ...{ application, storePath, firstNarHash },
    check: checkCall(registryOf(row.chainId), buildRegistryAbi, "hasRecorded", asked),
  };
}
