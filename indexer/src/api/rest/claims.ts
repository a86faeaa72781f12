import { db } from "ponder:api";
import { claim } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq } from "ponder";
import { iConsensusAbi } from "../../../../abi/index.ts";
import { checkCall } from "./checkCall.ts";
import { behind, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, count, hex, place, time } from "./shapes.ts";

const { transactionHash: _, ...claimPlace } = place;

const claimShape = z
  .object({
    ...claimPlace,
    application: hex,
    consensus: hex,
    lastProcessedBlock: count.openapi({ description: "the last block of the epoch that it is about" }),
    outputsMerkleRoot: hex,
    submitters: z.array(hex),
    status: z.enum(["submitted", "challenged", "accepted"]),
    submittedAt: time.nullable(),
    submittedIn: hex.nullable().openapi({ description: "the transaction" }),
    acceptedAt: time.nullable(),
    acceptedBlock: count.nullable(),
    acceptedIn: hex.nullable(),
    check,
  })
  .openapi("Claim");

const ORDER = {
  columns: [claim.lastProcessedBlock, claim.id],
  direction: "desc",
  keyOf: (row: typeof claim.$inferSelect) => [row.lastProcessedBlock, row.id],
} as const;

export function addClaims(api: Api): void {
  addRoute(
    api,
    {
      path: "/chains/{chainId}/applications/{address}/claims",
      tag: "requests",
      summary: "Claims about an application's outputs, the newest first",
      params: { chainId, address },
      query: paging,
      answer: pageOf(claimShape),
    },
    async ({ chainId: chain, address: application, limit, after }) => {
      const rows = await db
        .select()
        .from(claim)
        .where(and(eq(claim.chainId, chain), eq(claim.applicationAddress, application), behind(ORDER, after)))
        .orderBy(...orderBy(ORDER))
        .limit(limit + 1);
      return makePage(ORDER, rows, limit, ({ id: _id, applicationAddress, ...row }) => ({
        ...row,
        application: applicationAddress,
        check: checkCall(row.consensus, iConsensusAbi, "isOutputsMerkleRootValid", [
          applicationAddress,
          row.outputsMerkleRoot,
        ]),
      }));
    },
  );
}
