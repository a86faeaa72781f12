import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "../../../support/index.ts";
import { fetchPinned, type Lock, readLock } from "../debian/index.ts";
import { cachedFolder } from "../stage.ts";
import { openToolbox } from "../toolbox/index.ts";
import { type Evaluator, openEvaluator } from "./evaluator.ts";
import { type FlatFixedOutput, flatFixedOutputsOf } from "./flatFixedOutputsOf.ts";

const room = fileURLToPath(new URL(".", import.meta.url));
const locks = new URL("../lock/", import.meta.url);
/** Attributes of default.nix, in the order of their building. */
const attributes = ["busybox", "toolchain", "tcc"];
const layout = 1;

/**
 * The content of the job drive that fills the machine's store with the seed, built there from its fixed outputs:
 * `start`, `closure` (derivations and sources as an export stream), `derivations` (what to build), `supplied` (the content
 * of the fixed outputs) and `registration` (what Nix's database is to say of them).
 * The same locks and expressions give the same bytes. Returns the folder's path in the cache.
 */
export async function seedJob({ progress }: { progress: Progress }): Promise<string> {
  const toolbox = await openToolbox({ progress });
  return cachedFolder({
    name: "seed-job",
    inputs: { layout, toolbox: toolbox.key, files: await digests() },
    make: async (folder) => {
      const evaluator = await openEvaluator({ progress });
      const drvPaths = new Map<string, string>();
      for (const attribute of attributes) {
        drvPaths.set(attribute, await evaluator.instantiate(join(room, "default.nix"), attribute));
      }
      const closure = await evaluator.closureOf([...drvPaths.values()]);
      const wanted = await flatFixedOutputsOf(evaluator, closure);
      const supplied = await supply(evaluator, wanted, progress);
      const derivations = [...drvPaths].map(([attribute, drvPath]) => `${attribute} ${drvPath}\n`);
      await writeFile(join(folder, "closure"), await evaluator.exportPaths(closure));
      await writeFile(join(folder, "registration"), await evaluator.registrationOf(supplied));
      await mkdir(join(folder, "supplied"));
      for (const path of supplied) {
        await copyFile(evaluator.placeOf(path), join(folder, "supplied", basename(path)));
      }
      await writeFile(join(folder, "derivations"), derivations.join(""));
      await writeFile(join(folder, "start"), await readFile(join(room, "job/start")), { mode: 0o755 });
    },
  });
}

async function supply(
  evaluator: Evaluator,
  wanted: readonly FlatFixedOutput[],
  progress: Progress,
): Promise<string[]> {
  const hashes = new Set(wanted.map(({ sha256 }) => sha256));
  const pinned = (await readLocks()).flatMap(({ files }) => files.filter(({ sha256 }) => hashes.has(sha256)));
  const fetched = await fetchPinned(pinned, { progress, name: "seed's packages" });
  const places = new Map(fetched.map(({ sha256, file }) => [sha256, file]));
  return evaluator.addFixedOutputs(wanted.map(({ name, sha256 }) => ({ name, file: places.get(sha256)! })));
}

function readLocks(): Promise<Lock[]> {
  return Promise.all(["seed.json", "sources.json"].map((name) => readLock(new URL(name, locks))));
}

async function digests(): Promise<Record<string, string>> {
  const sources = (await readdir(room, { recursive: true })).filter((name) =>
    /\.(nix|sh|patch)$|^job\/start$/.test(name),
  );
  const places = [
    ...sources.toSorted().map((name) => join(room, name)),
    ...["busybox.json", "seed.json", "sources.json"].map((name) => fileURLToPath(new URL(name, locks))),
  ];
  const hash = async (place: string) =>
    createHash("sha256")
      .update(await readFile(place))
      .digest("hex");
  return Object.fromEntries(
    await Promise.all(places.map(async (place) => [place.slice(room.length), await hash(place)])),
  );
}
