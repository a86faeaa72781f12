import { db } from "ponder:api";
import { gateEvent } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq } from "ponder";
import { upgradeGateAbi } from "../../../../abi/index.ts";
import { checkCall } from "./checkCall.ts";
import { behind, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, count, hex, place, time } from "./shapes.ts";

const gateEventShape = z
  .object({
    ...place,
    gate: hex,
    kind: z.enum(["announced", "withdrawn", "built"]),
    storePath: z.string().nullable(),
    narHash: z.string().nullable(),
    data: hex.nullable().openapi({ description: "the call that the upgrade makes" }),
    readyAt: count.nullable().openapi({ description: "from when on the upgrade may happen, in seconds" }),
    implementation: hex.nullable(),
    happenedAt: time,
    check,
  })
  .openapi("GateEvent");

const ORDER = {
  columns: [gateEvent.blockNumber, gateEvent.id],
  direction: "desc",
  keyOf: (row: typeof gateEvent.$inferSelect) => [row.blockNumber, row.id],
} as const;

export function addGates(api: Api): void {
  addRoute(
    api,
    {
      path: "/chains/{chainId}/gates/{address}/events",
      tag: "contracts",
      summary: "What happened at a configured upgrade gate, the newest first",
      params: { chainId, address },
      query: paging,
      answer: pageOf(gateEventShape),
    },
    async ({ chainId: chain, address: gate, limit, after }) => {
      const rows = await db
        .select()
        .from(gateEvent)
        .where(and(eq(gateEvent.chainId, chain), eq(gateEvent.gate, gate), behind(ORDER, after)))
        .orderBy(...orderBy(ORDER))
        .limit(limit + 1);
      return makePage(ORDER, rows, limit, ({ id: _, ...row }) => ({
        ...row,
        check: checkCall(row.gate, upgradeGateAbi, "announcement", []),
      }));
    },
  );
}
