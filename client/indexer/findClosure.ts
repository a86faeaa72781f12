import { z } from "zod";
import { type Authority, contractsIn } from "../../trust/index.ts";
import { askIndexer, type IndexerAt } from "./askIndexer.ts";
import { IndexerAnswerError } from "./indexerErrors.ts";
import { storePath } from "./indexerShapes.ts";

/** As many as an indexer has in one answer. */
const MAX_MEMBERS = 5_001;

const closure = z.object({
  members: z
    .array(z.object({ storePath, references: z.array(storePath).max(MAX_MEMBERS).nullable() }))
    .max(MAX_MEMBERS),
});

/** A path, and what it refers to as far as an indexer knows. */
export interface FoundMember {
  readonly storePath: string;
  /** Null where no record says it: sources, fixed outputs, what the template brought, and what nobody built yet. */
  readonly references: readonly string[] | null;
}

/**
 * All that an output refers to, directly or not, itself first: as those whom an authority counts recorded it. The references are the
 * indexer's word alone: it may leave some out.
 *
 * @throws {IndexerUnreachableError} when nothing answers.
 * @throws {IndexerAnswerError} when it refuses, or answers with something else.
 */
export async function findClosure(
  indexer: IndexerAt,
  { chainId, authority, storePath: root }: { chainId: number; authority: Authority; storePath: string },
): Promise<FoundMember[]> {
  const answers = await Promise.all(
    contractsIn(authority).map(({ kind, address }) => {
      const table = kind === "policy" ? "policies" : "applications";
      const path = `/v1/chains/${chainId}/${table}/${address}/closures/${encodeURIComponent(root)}`;
      return askIndexer(indexer, path, closure);
    }),
  );
  const references = new Map<string, Set<string> | null>();
  for (const member of answers.flatMap((answer) => answer?.members ?? [])) {
    const known = references.get(member.storePath);
    const both = member.references && new Set([...(known ?? []), ...member.references]);
    references.set(member.storePath, both ?? known ?? null);
  }
  return reachable(root, references);
}

function reachable(root: string, references: ReadonlyMap<string, Set<string> | null>): FoundMember[] {
  const reached = new Set([root]);
  for (const path of reached) {
    for (const reference of references.get(path) ?? []) {
      reached.add(reference);
    }
    if (reached.size > MAX_MEMBERS) {
      throw new IndexerAnswerError(`the closure of ${root} has more than ${MAX_MEMBERS} members`, {
        remedy: "ask for the closures of its references",
      });
    }
  }
  return [...reached].map((storePath) => {
    const found = references.get(storePath);
    return { storePath, references: found ? [...found].sort() : null };
  });
}
