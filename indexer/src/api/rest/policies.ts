import { db } from "ponder:api";
import { policy } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq } from "ponder";
import { trustPolicyAbi } from "../../../../abi/index.ts";
import { checkCall } from "./checkCall.ts";
import { behind, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { findPolicy, type PolicyRow } from "./policyTerms.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, hex, place, time } from "./shapes.ts";

const policyFields = {
  ...place,
  address: hex,
  threshold: z.number().int(),
  contradictions: z.enum(["refuse", "any"]),
  ownerRenounced: z.boolean(),
  createdAt: time,
  check,
};

const memberShape = z.object({
  application: hex,
  templateHash: hex.openapi({ description: "zero for any, like the others" }),
  consensus: hex,
  claimer: hex,
  meetsTerms: z.boolean().openapi({ description: "whether its votes count now" }),
});

const ORDER = {
  columns: [policy.chainId, policy.address],
  direction: "asc",
  keyOf: (row: PolicyRow) => [row.chainId, row.address],
} as const;

export function addPolicies(api: Api): void {
  addRoute(
    api,
    {
      path: "/policies",
      tag: "policies",
      summary: "The policies that the registry's factory created",
      query: { chainId: chainId.optional(), ...paging },
      answer: pageOf(z.object(policyFields).openapi("Policy")),
    },
    async ({ chainId: chain, limit, after }) => {
      const rows = await db
        .select()
        .from(policy)
        .where(and(chain === undefined ? undefined : eq(policy.chainId, chain), behind(ORDER, after)))
        .orderBy(...orderBy(ORDER))
        .limit(limit + 1);
      return makePage(ORDER, rows, limit, formatPolicy);
    },
  );
  addRoute(
    api,
    {
      path: "/chains/{chainId}/policies/{address}",
      question: "policyStanding",
      tag: "policies",
      summary: "A policy's terms and the standing of its members",
      params: { chainId, address },
      answer: z.object({ ...policyFields, members: z.array(memberShape) }).openapi("WholePolicy"),
    },
    async ({ chainId: chain, address: of }) => formatPolicy(await findPolicy(chain, of)),
  );
}

function formatPolicy<Row extends PolicyRow>(row: Row) {
  return { ...row, check: checkCall(row.address, trustPolicyAbi, "terms", []) };
}
