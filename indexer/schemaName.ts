import { createHash } from "node:crypto";
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { IndexerSettings } from "./settings.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What rows follow from besides the chains: what reads events, and what defines the tables. */
const CODE = [
  "indexer/{contractAbis,ponder.config,ponder.schema}.ts",
  "indexer/{schema,src}/*.ts",
  "{abi,nix,protocol,trust}/**/*.ts",
  "node_modules/ponder/package.json",
];

/**
 * The database schema of an index. Other chains, deployments or another version of the indexer have another one, so that rows never mix, and
 * an old index serves on while a new one is made.
 */
export async function schemaNameOf({ chains }: IndexerSettings): Promise<string> {
  const hash = createHash("sha256");
  for (const { deployments, releaseRegistries, upgradeGates } of chains) {
    hash.update(JSON.stringify([deployments, releaseRegistries, upgradeGates]));
  }
  for (const file of globSync(CODE, { cwd: ROOT }).sort()) {
    hash.update(await readFile(join(ROOT, file)));
  }
  return `cartenix_${hash.digest("hex").slice(0, 16)}`;
}
