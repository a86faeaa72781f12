import type { Hex } from "viem";
import { z } from "zod";
import { pathKeyOf } from "../../trust/index.ts";
import { askIndexer, type IndexerAt } from "./askIndexer.ts";
import { storePath } from "./indexerShapes.ts";

const page = z.object({ items: z.array(z.object({ storePath: storePath.nullable() })).max(200) });

/**
 * The store path with a key, which the key proves.
 *
 * @returns null where the indexer knows none.
 * @throws {IndexerUnreachableError} when nothing answers.
 * @throws {IndexerAnswerError} when it refuses, or answers with something else.
 */
export async function findPathOfKey(
  indexer: IndexerAt,
  { chainId, pathKey }: { chainId: number; pathKey: Hex },
): Promise<string | null> {
  const answer = await askIndexer(indexer, `/v1/outputs?chainId=${chainId}&pathKey=${pathKey}`, page);
  const paths = answer?.items.flatMap((item) => item.storePath ?? []) ?? [];
  return paths.find((path) => pathKeyOf(path) === pathKey) ?? null;
}
