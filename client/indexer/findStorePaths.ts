import type { Address } from "viem";
import { z } from "zod";
import { compareStorePaths, parseStorePath } from "../../nix/index.ts";
import { askIndexer, type IndexerAt } from "./askIndexer.ts";
import { IndexerAnswerError } from "./indexerErrors.ts";
import { storePath } from "./indexerShapes.ts";

/** The most that an indexer has in one page. */
const MAX_FOUND = 200;

const page = z.object({ items: z.array(z.object({ storePath: storePath.nullable() })).max(MAX_FOUND) });

export interface FindStorePathsParameters {
  readonly chainId: number;
  /** Whose records are searched, so that strangers' cannot hide them. */
  readonly applications: readonly Address[];
  /** By the hash of the content, `sha256-<base64>`, recorded first or later, or by the 32 characters before the name. */
  readonly by: { readonly narHash: string } | { readonly hashPart: string };
}

/**
 * Searches recorded store paths. What it finds, and that it finds nothing, is the indexer's word alone.
 *
 * @returns up to 200 paths of each application, in their order.
 * @throws {IndexerUnreachableError} when nothing answers.
 * @throws {IndexerAnswerError} when it refuses, or answers with something else.
 */
export async function findStorePaths(
  indexer: IndexerAt,
  { chainId, applications, by }: FindStorePathsParameters,
): Promise<string[]> {
  const tables = "narHash" in by ? ["outputs", "conflicts"] : ["outputs"];
  const pages = await Promise.all(
    applications.flatMap((application) =>
      tables.map((table) => {
        const query = new URLSearchParams({
          chainId: `${chainId}`,
          application,
          limit: `${MAX_FOUND}`,
          ...by,
        });
        return askIndexer(indexer, `/v1/${table}?${query}`, page);
      }),
    ),
  );
  const found = pages.flatMap((one) => one?.items.flatMap((item) => item.storePath ?? []) ?? []);
  if ("hashPart" in by && found.some((path) => parseStorePath(path).digest !== by.hashPart)) {
    throw new IndexerAnswerError("the indexer answers with store paths that were not asked for", {
      remedy: "use another indexer",
    });
  }
  return [...new Set(found)].sort(compareStorePaths);
}
