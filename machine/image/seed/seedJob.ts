import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../../../support/index.ts";
import { CARTENIX_EXPRESSIONS } from "../../evaluator/index.ts";
import { cachedFolder, LOCKS, sha256OfFile } from "../../packages/index.ts";
import { openToolbox } from "../../toolbox/index.ts";
import { writeSeedJob } from "./writeSeedJob.ts";

const startScript = fileURLToPath(new URL("job/start", import.meta.url));
const layout = 1;

/**
 * The content of the job drive that fills the machine's store with the seed: the toolchain that derivations may depend
 * on, which the machine builds from its fixed outputs. The same locks and expressions give the same bytes. Returns the
 * folder's path in the cache.
 */
export async function seedJob({ progress }: { progress: Progress }): Promise<string> {
  const toolbox = await openToolbox({ progress });
  return cachedFolder({
    name: "seed-job",
    progress,
    inputs: { layout, toolbox: toolbox.key, files: await digests() },
    make: (folder) => writeSeedJob(folder, progress),
  });
}

/** The sha256 of every file that the job is made of. */
async function digests(): Promise<string[]> {
  const expressions = (await readdir(CARTENIX_EXPRESSIONS)).toSorted();
  const locks = ["busybox", "seed", "sources"].map((name) => fileURLToPath(new URL(`${name}.json`, LOCKS)));
  const files = [...expressions.map((name) => join(CARTENIX_EXPRESSIONS, name)), ...locks, startScript];
  return Promise.all(files.map(sha256OfFile));
}
