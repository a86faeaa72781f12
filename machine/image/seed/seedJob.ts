import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../../../support/index.ts";
import { CARTENIX_EXPRESSIONS } from "../../evaluator/index.ts";
import { cachedFolder, LOCKS, SEED_LOCKS, sha256OfFile } from "../../packages/index.ts";
import { openToolbox } from "../../toolbox/index.ts";
import { writeSeedJob } from "./writeSeedJob.ts";

const START_SCRIPT = fileURLToPath(new URL("job/start", import.meta.url));
const LAYOUT = 1;

/**
 * The content of the job drive that fills the machine's store with the seed: the derivations that all others may depend
 * on, which the machine builds from their fixed outputs. The same locks and expressions give the same bytes.
 *
 * @returns the folder's path in the cache.
 */
export async function seedJob({ progress }: { progress: Progress }): Promise<string> {
  const toolbox = await openToolbox({ progress });
  return cachedFolder({
    name: "seed-job",
    progress,
    inputs: { layout: LAYOUT, toolbox: toolbox.key, files: await digests() },
    make: (folder) => writeSeedJob(folder, progress),
  });
}

/** The sha256 of every file that the job is made from. */
async function digests(): Promise<string[]> {
  const expressions = (await readdir(CARTENIX_EXPRESSIONS)).toSorted();
  const locks = ["busybox", ...SEED_LOCKS].map((name) => fileURLToPath(new URL(`${name}.json`, LOCKS)));
  const files = [...expressions.map((name) => join(CARTENIX_EXPRESSIONS, name)), ...locks, START_SCRIPT];
  return Promise.all(files.map(sha256OfFile));
}
