import { db } from "ponder:api";
import { output } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { type AnyPgColumn, and, eq, inArray, sql } from "ponder";
import type { Address, Hex } from "viem";
import { buildRegistryAbi, trustPolicyAbi } from "../../../../abi/index.ts";
import { pathKeyOf, VERDICTS } from "../../../../trust/index.ts";
import { RequestError } from "../limits/requestError.ts";
import { registryOf } from "./chains.ts";
import { checkCall } from "./checkCall.ts";
import { findPolicy } from "./policyTerms.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, count, hex, place, storePath } from "./shapes.ts";
import { findVerdicts } from "./verdicts.ts";

/** A desktop's closure has some thousand members. */
const MAX_MEMBERS = 5_000;

const memberShape = {
  storePath: z.string(),
  pathKey: hex,
  references: z.array(z.string()).nullable(),
};

const recordedMember = z
  .object({
    ...memberShape,
    status: z.enum(["recorded", "contested", "notRecorded"]),
    narHash: z.string().nullable(),
    narSize: count.nullable(),
    confirmations: z.number().int().nullable(),
    conflicts: z.number().int().nullable(),
    recorded: z.object(place).nullable(),
  })
  .openapi("ClosureMember");

const judgedMember = z
  .object({
    ...memberShape,
    verdict: z.enum(VERDICTS),
    narHash: z.string().nullable().openapi({ description: "the accepted hash" }),
  })
  .openapi("JudgedMember");

export function addClosures(api: Api): void {
  addRoute(
    api,
    {
      path: "/chains/{chainId}/applications/{address}/closures/{storePath}",
      question: "closure",
      tag: "closures",
      summary: "All that an output refers to, directly or not, as one application recorded it",
      description:
        "Members that nobody has to record, since they are part of the template, are `notRecorded`, too.",
      params: { chainId, address, storePath },
      answer: z.object({ chainId: z.number().int(), members: z.array(recordedMember), check }),
    },
    async ({ chainId: chain, address: application, storePath: path }) => {
      const rows = await readClosure(chain, [application], path);
      const members = rows.map(({ storePath: member, pathKey, row }) => ({
        ...{ storePath: member, pathKey, references: row?.references ?? null },
        status: row === undefined ? "notRecorded" : row.conflicts > 0 ? "contested" : "recorded",
        narHash: row?.narHash ?? null,
        narSize: row?.narSize ?? null,
        confirmations: row?.confirmations ?? null,
        conflicts: row?.conflicts ?? null,
        recorded: row === undefined ? null : placeOfRow(row),
      }));
      const keys = members.map(({ pathKey }) => pathKey);
      const asked = checkCall(registryOf(chain), buildRegistryAbi, "recordsAt", [application, keys]);
      return { chainId: chain, members, check: asked };
    },
  );
  addRoute(
    api,
    {
      path: "/chains/{chainId}/policies/{address}/closures/{storePath}",
      question: "policyClosure",
      tag: "closures",
      summary:
        "All that an output refers to, as any member of a policy recorded it, with the policy's verdicts",
      params: { chainId, address, storePath },
      answer: z.object({
        chainId: z.number().int(),
        isAccepted: z.boolean().openapi({ description: "whether the policy accepts every member" }),
        members: z.array(judgedMember),
        check,
      }),
    },
    async ({ chainId: chain, address: policy, storePath: path }) => {
      const terms = await findPolicy(chain, policy);
      const rows = await readClosure(
        chain,
        terms.members.map(({ application }) => application),
        path,
      );
      const keys = rows.map(({ pathKey }) => pathKey);
      const verdicts = await findVerdicts(terms, keys);
      const members = rows.map(({ storePath: member, pathKey, row }) => ({
        ...{ storePath: member, pathKey, references: row?.references ?? null },
        ...verdicts.get(pathKey)!,
      }));
      return {
        chainId: chain,
        isAccepted: members.every(({ verdict }) => verdict === "accepted"),
        members,
        check: checkCall(policy, trustPolicyAbi, "acceptedHashesAt", [keys]),
      };
    },
  );
}

type Row = Pick<
  typeof output.$inferSelect,
  | "chainId"
  | "pathKey"
  | "storePath"
  | "narHash"
  | "narSize"
  | "references"
  | "confirmations"
  | "conflicts"
  | "blockNumber"
  | "blockHash"
  | "logIndex"
  | "transactionHash"
>;

function placeOfRow({ chainId: chain, blockNumber, blockHash, logIndex, transactionHash }: Row) {
  return { chainId: chain, blockNumber, blockHash, logIndex, transactionHash };
}

/** The paths that an output refers to, itself first, with a record of each if one of the applications has one. */
async function readClosure(
  chain: number,
  applications: readonly Address[],
  start: string,
): Promise<{ storePath: string; pathKey: Hex; row: Row | undefined }[]> {
  const paths = await walk(chain, applications, start);
  const of = isOf(chain, applications);
  const described = await selectRows(and(of, isOneOf(output.storePath, paths)));
  const byPath = new Map(described.map((row) => [row.storePath, row]));
  // what nobody has described yet has no text, and is found by its key, which takes longer to compute than to look up
  const keys = new Map(paths.filter((path) => !byPath.has(path)).map((path) => [path, pathKeyOf(path)]));
  const others = await selectRows(and(of, isOneOf(output.pathKey, [...keys.values()])));
  const byKey = new Map(others.map((row) => [row.pathKey, row]));
  return paths.map((path) => {
    const row = byPath.get(path) ?? byKey.get(keys.get(path)!);
    return { storePath: path, pathKey: row?.pathKey ?? keys.get(path)!, row };
  });
}

function selectRows(condition: ReturnType<typeof and>): Promise<Row[]> {
  return db
    .select({
      ...{ chainId: output.chainId, pathKey: output.pathKey, storePath: output.storePath },
      ...{ narHash: output.narHash, narSize: output.narSize, references: output.references },
      ...{ confirmations: output.confirmations, conflicts: output.conflicts, logIndex: output.logIndex },
      ...{ blockNumber: output.blockNumber, blockHash: output.blockHash },
      transactionHash: output.transactionHash,
    })
    .from(output)
    .where(condition);
}

function isOneOf(column: AnyPgColumn, values: readonly string[]) {
  return sql`${column} = any(${sql.param(values)}::text[])`;
}

function isOf(chain: number, applications: readonly Address[]) {
  return and(eq(output.chainId, chain), inArray(output.applicationAddress, [...applications]));
}

/**
 * The limit of the inner query lets Postgres look up each path in the index instead of reading the table at each level.
 *
 * @throws {RequestError} when there are too many.
 */
async function walk(chain: number, applications: readonly Address[], start: string): Promise<string[]> {
  const { rows } = await db.execute<{ path: string }>(sql`
    with recursive closure(path) as (
      select ${start}::text
      union
      select reference from closure
      cross join lateral (
        select ${output.references} as paths from ${output}
        where ${output.storePath} = closure.path and ${isOf(chain, applications)}
        limit ${applications.length}
      ) as found
      cross join lateral unnest(found.paths) as reference
    )
    select path from closure limit ${MAX_MEMBERS + 1}`);
  if (rows.length > MAX_MEMBERS) {
    throw new RequestError(422, `the closure of ${start} has more than ${MAX_MEMBERS} members`, {
      remedy: "ask for the closures of its references",
    });
  }
  return (rows as { path: string }[]).map(({ path }) => path);
}
