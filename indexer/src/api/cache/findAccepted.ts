import { db } from "ponder:api";
import { output } from "ponder:schema";
import { and, asc, count, desc, eq, inArray } from "ponder";
import { hexToBytes } from "viem";
import { compareStorePaths } from "../../../../nix/index.ts";
import type { AcceptedOutput } from "../../../../substituter/index.ts";
import { counts, judge, narHashBytes } from "../../../../trust/index.ts";
import type { OutputRow } from "../rest/outputRows.ts";
import type { Terms } from "../rest/policyTerms.ts";
import { findVotes, type Vote } from "../rest/verdicts.ts";

/** Paths with the same 32 characters: honest machines never record two, and others may not make us read many. */
const MAX_PATHS = 20;

/**
 * What a policy accepts for the 32 characters of a store path. There is nothing where it accepts several paths with these
 * characters, and where its members do not agree on how large the content is and what it refers to.
 */
export async function findAccepted(terms: Terms, hashPart: string): Promise<AcceptedOutput | undefined> {
  const found = await findPaths(terms, hashPart);
  const votes = await findVotes(
    terms,
    found.map(({ pathKey }) => pathKey),
  );
  const accepted = found.flatMap(
    ({ pathKey, storePath }) => describeAccepted(terms, storePath!, votes.get(pathKey)!) ?? [],
  );
  return accepted.length === 1 ? accepted[0] : undefined;
}

/** Those that most members recorded come first, so that no single member can crowd them out. */
async function findPaths({ chainId, members }: Terms, hashPart: string) {
  return db
    .select({ pathKey: output.pathKey, storePath: output.storePath })
    .from(output)
    .where(
      and(
        eq(output.hashPart, hashPart),
        eq(output.chainId, chainId),
        inArray(
          output.applicationAddress,
          members.map(({ application }) => application),
        ),
      ),
    )
    .groupBy(output.pathKey, output.storePath)
    .orderBy(desc(count()), asc(output.pathKey))
    .limit(MAX_PATHS);
}

/**
 * The registry keeps hashes alone. The rest is what the members' vouchers said, so as many must have said the same as the policy asks
 * for: no one member may add a reference.
 */
function describeAccepted(
  terms: Terms,
  storePath: string,
  votes: readonly Vote[],
): AcceptedOutput | undefined {
  const { narHash } = judge(terms, votes);
  if (narHash === null) {
    return undefined;
  }
  const described = votes
    .filter((vote) => counts(terms, vote) && vote.narHash === narHash)
    .flatMap(({ record }) => describe(record) ?? []);
  const groups = Map.groupBy(described, ({ narSize, references }) => [narSize, ...references].join(" "));
  const enough = [...groups.values()].filter(({ length }) => length >= terms.threshold);
  if (enough.length !== 1) {
    return undefined;
  }
  const [{ narSize, references, deriver }] = enough[0] as [Description, ...Description[]];
  return { storePath, narHash: hexToBytes(narHashBytes(narHash)), narSize, references, deriver };
}

interface Description {
  narSize: number;
  references: string[];
  deriver: string | undefined;
}

/** The registry lets only store paths through, but any size above zero. */
function describe(record: OutputRow | undefined): Description | undefined {
  const { narSize, references, drvPath } = record ?? {};
  if (narSize == null || references == null || narSize > Number.MAX_SAFE_INTEGER) {
    return undefined;
  }
  return {
    narSize: Number(narSize),
    references: references.toSorted(compareStorePaths),
    deriver: drvPath ?? undefined,
  };
}
