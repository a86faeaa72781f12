import { db } from "ponder:api";
import { output } from "ponder:schema";
import { and, eq, sql } from "ponder";
import { formatOutput, NEWEST_FIRST, outputShape } from "./outputRows.ts";
import { behind, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, storePath } from "./shapes.ts";

export function addDependents(api: Api): void {
  addRoute(
    api,
    {
      path: "/chains/{chainId}/applications/{address}/dependents/{storePath}",
      question: "dependents",
      tag: "closures",
      summary: "The outputs of an application that refer to a path",
      description: "Directly. For those that refer to it through others, ask again about each.",
      params: { chainId, address, storePath },
      query: paging,
      answer: pageOf(outputShape),
      // the index finds the rows, which then have to be sorted
      isSearch: true,
    },
    async ({ chainId: chain, address: application, storePath: path, limit, after }) => {
      const rows = await db
        .select()
        .from(output)
        .where(
          and(
            eq(output.chainId, chain),
            eq(output.applicationAddress, application),
            sql`${output.references} @> array[${path}]::text[]`,
            behind(NEWEST_FIRST, after),
          ),
        )
        .orderBy(...orderBy(NEWEST_FIRST))
        .limit(limit + 1);
      return makePage(NEWEST_FIRST, rows, limit, formatOutput);
    },
  );
}
