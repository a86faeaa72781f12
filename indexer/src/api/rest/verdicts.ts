import { db } from "ponder:api";
import { conflict, output } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, eq, inArray } from "ponder";
import type { Address, Hex } from "viem";
import { trustPolicyAbi } from "../../../../abi/index.ts";
import {
  counts,
  type Judgement,
  judge,
  type MemberVote,
  pathKeyOf,
  VERDICTS,
} from "../../../../trust/index.ts";
import { checkCall } from "./checkCall.ts";
import { formatOutput, type OutputRow, outputShape } from "./outputRows.ts";
import { findPolicy, type Terms } from "./policyTerms.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, hex, storePath } from "./shapes.ts";

const voteShape = z
  .object({
    application: hex,
    narHash: z.string().nullable().openapi({ description: "the hash that it recorded first" }),
    otherHashes: z.array(z.string()),
    meetsTerms: z.boolean(),
    counts: z.boolean().openapi({ description: "whether the policy counts its vote" }),
    record: z.union([outputShape, z.null()]),
  })
  .openapi("Vote");

const verdictShape = z
  .object({
    chainId: z.number().int(),
    policy: hex,
    storePath: z.string(),
    pathKey: hex,
    verdict: z.enum(VERDICTS),
    narHash: z.string().nullable().openapi({ description: "the accepted hash" }),
    threshold: z.number().int(),
    contradictions: z.enum(["refuse", "any"]),
    votes: z.array(voteShape),
    check,
  })
  .openapi("Verdict");

export function addVerdicts(api: Api): void {
  addRoute(
    api,
    {
      path: "/chains/{chainId}/policies/{address}/verdicts/{storePath}",
      question: "verdict",
      tag: "policies",
      summary: "Whether a policy accepts a store path, with every vote",
      description: "What the policy's `acceptedHashAt` answers, as of the last indexed block.",
      params: { chainId, address, storePath },
      answer: verdictShape,
    },
    async ({ chainId: chain, address: policy, storePath: path }) => {
      const pathKey = pathKeyOf(path);
      const terms = await findPolicy(chain, policy);
      const votes = (await findVotes(terms, [pathKey])).get(pathKey)!;
      return {
        ...{ chainId: chain, policy, storePath: path, pathKey },
        ...judge(terms, votes),
        threshold: terms.threshold,
        contradictions: terms.contradictions,
        votes: votes.map((vote) => ({
          application: vote.application,
          narHash: vote.narHash ?? null,
          otherHashes: vote.otherHashes,
          meetsTerms: vote.meetsTerms,
          counts: counts(terms, vote),
          record: vote.record ? formatOutput(vote.record) : null,
        })),
        check: checkCall(policy, trustPolicyAbi, "acceptedHashAt", [pathKey]),
      };
    },
  );
}

export interface Vote extends MemberVote {
  application: Address;
  record: OutputRow | undefined;
}

/** The members' votes on each of these paths, in the order of the terms. */
export async function findVotes(
  { chainId, members }: Terms,
  pathKeys: readonly Hex[],
): Promise<Map<Hex, Vote[]>> {
  const applications = members.map(({ application }) => application);
  const [records, others] = await Promise.all([
    db
      .select()
      .from(output)
      .where(
        and(
          eq(output.chainId, chainId),
          inArray(output.applicationAddress, applications),
          inArray(output.pathKey, [...pathKeys]),
        ),
      ),
    db
      .select({
        ...{ application: conflict.applicationAddress, pathKey: conflict.pathKey },
        narHash: conflict.narHash,
      })
      .from(conflict)
      .where(
        and(
          eq(conflict.chainId, chainId),
          inArray(conflict.applicationAddress, applications),
          inArray(conflict.pathKey, [...pathKeys]),
        ),
      ),
  ]);
  const recordAt = new Map(records.map((row) => [`${row.applicationAddress} ${row.pathKey}`, row]));
  const othersAt = Map.groupBy(others, ({ application, pathKey }) => `${application} ${pathKey}`);
  return new Map(
    pathKeys.map((pathKey) => [
      pathKey,
      members.map(({ application, meetsTerms }) => {
        const record = recordAt.get(`${application} ${pathKey}`);
        const otherHashes = (othersAt.get(`${application} ${pathKey}`) ?? []).map(({ narHash }) => narHash);
        return { application, narHash: record?.narHash, otherHashes, meetsTerms, record };
      }),
    ]),
  );
}

/** What a policy says of each of these paths. */
export async function findVerdicts(terms: Terms, pathKeys: readonly Hex[]): Promise<Map<Hex, Judgement>> {
  const votes = await findVotes(terms, pathKeys);
  return new Map(pathKeys.map((pathKey) => [pathKey, judge(terms, votes.get(pathKey)!)]));
}
