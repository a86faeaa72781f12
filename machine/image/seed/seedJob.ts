import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../../../support/index.ts";
import { cachedFolder } from "../../packages/cachedFolder.ts";
import { openToolbox } from "../../toolbox/index.ts";
import { writeSeedJob } from "./writeSeedJob.ts";

const room = fileURLToPath(new URL(".", import.meta.url));
const locks = fileURLToPath(new URL("../../packages/lock/", import.meta.url));
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
    inputs: { layout, toolbox: toolbox.key, files: await digests() },
    make: (folder) => writeSeedJob(folder, progress),
  });
}

async function digests(): Promise<Record<string, string>> {
  const names = await readdir(room, { recursive: true });
  const sources = names.filter((name) => /\.(nix|sh|patch)$|^job\/start$/.test(name));
  const places = [
    ...sources.map((name) => join(room, name)),
    ...["busybox", "seed", "sources"].map((name) => join(locks, `${name}.json`)),
  ];
  const digest = async (place: string) =>
    [
      relative(room, place),
      createHash("sha256")
        .update(await readFile(place))
        .digest("hex"),
    ] as const;
  return Object.fromEntries(await Promise.all(places.map(digest)));
}
