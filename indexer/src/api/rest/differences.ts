import { db } from "ponder:api";
import { application, output } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq, gt, inArray, sql } from "ponder";
import { buildRegistryAbi } from "../../../../abi/index.ts";
import { derivationKeyOf } from "../../../../trust/index.ts";
import { registryOf } from "./chains.ts";
import { checkCall } from "./checkCall.ts";
import { decodeCursor, makePage, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { check, drvPath, hex, name, place } from "./shapes.ts";

/** How many applications' records of one derivation are compared. */
const MAX_RECORDS = 500;

const shape = z
  .object({
    derivationKey: hex,
    drvPath: z.string().nullable(),
    outputName: z.string().nullable(),
    groups: z
      .array(
        z.object({
          pathKey: hex,
          storePath: z.string().nullable(),
          narHash: z.string(),
          applications: z.array(
            z.object({ ...place, application: hex, origin: z.enum(["factory", "unknown"]), check }),
          ),
        }),
      )
      .openapi({ description: "those that recorded the same path and the same first hash, together" }),
  })
  .openapi("Agreement");

export function addDifferences(api: Api): void {
  addRoute(
    api,
    {
      path: "/differences",
      question: "differences",
      tag: "outputs",
      summary:
        "Derivations for which applications recorded different paths or hashes, and who agrees with whom",
      description: "Applications that Cartesi's factory did not create are left out unless origin=any.",
      query: { origin: z.enum(["factory", "any"]).default("factory"), ...paging },
      answer: pageOf(shape),
      isSearch: true,
    },
    async ({ origin, limit, after }) => {
      const columns = [output.derivationKey];
      const [last] = after === undefined ? [] : decodeCursor(after, columns);
      const keys = await db
        .select({ derivationKey: output.derivationKey })
        .from(output)
        .innerJoin(application, isRecorder())
        .where(
          and(
            origin === "any" ? undefined : eq(application.origin, "factory"),
            last === undefined ? undefined : gt(output.derivationKey, last as `0x${string}`),
          ),
        )
        .groupBy(output.derivationKey)
        .having(sql`count(distinct (${output.pathKey}, ${output.narHash})) > 1`)
        .orderBy(output.derivationKey)
        .limit(limit + 1);
      const found = await compare(
        keys.map(({ derivationKey }) => derivationKey),
        origin,
      );
      const keyOf = (row: { derivationKey: string }) => [row.derivationKey];
      return makePage({ keyOf }, keys, limit, ({ derivationKey }) => found(derivationKey));
    },
  );
  addRoute(
    api,
    {
      path: "/agreements/{drvPath}/{outputName}",
      question: "agreement",
      tag: "outputs",
      summary: "What each application recorded first for a derivation's output, and who agrees with whom",
      params: { drvPath, outputName: name },
      answer: shape,
    },
    async ({ drvPath: drv, outputName }) => {
      const key = derivationKeyOf(drv, outputName);
      return { ...(await compare([key], "any"))(key), drvPath: drv, outputName };
    },
  );
}

function isRecorder() {
  return and(eq(application.chainId, output.chainId), eq(application.address, output.applicationAddress));
}

/** The records of these derivations' outputs, grouped by what they say. */
async function compare(keys: `0x${string}`[], origin: "factory" | "any") {
  const rows =
    keys.length === 0
      ? []
      : await db
          .select({ output, origin: application.origin })
          .from(output)
          .innerJoin(application, isRecorder())
          .where(
            and(
              inArray(output.derivationKey, keys),
              origin === "any" ? undefined : eq(application.origin, "factory"),
            ),
          )
          .orderBy(output.derivationKey, output.chainId, output.applicationAddress, output.pathKey)
          .limit(MAX_RECORDS * keys.length);
  const byKey = Map.groupBy(rows, (row) => row.output.derivationKey);
  return (derivationKey: `0x${string}`) => {
    const records = byKey.get(derivationKey) ?? [];
    const described = records.find((row) => row.output.drvPath !== null)?.output;
    const groups = Map.groupBy(records, (row) => `${row.output.pathKey} ${row.output.narHash}`);
    return {
      derivationKey,
      drvPath: described?.drvPath ?? null,
      outputName: described?.outputName ?? null,
      groups: [...groups.values()].map((members) => ({
        pathKey: members[0]!.output.pathKey,
        storePath: members.find((row) => row.output.storePath !== null)?.output.storePath ?? null,
        narHash: members[0]!.output.narHash,
        applications: members.map(formatRecorder),
      })),
    };
  };
}

function formatRecorder(row: { output: typeof output.$inferSelect; origin: "factory" | "unknown" }) {
  const { chainId, blockNumber, blockHash, logIndex, transactionHash, applicationAddress, pathKey } =
    row.output;
  return {
    ...{ chainId, blockNumber, blockHash, logIndex, transactionHash },
    ...{ application: applicationAddress, origin: row.origin },
    check: checkCall(registryOf(chainId), buildRegistryAbi, "recordAt", [applicationAddress, pathKey]),
  };
}
