import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Progress } from "../../../support/index.ts";
import {
  CARTENIX_EXPRESSIONS,
  type Evaluator,
  type FlatFixedOutput,
  flatFixedOutputsOf,
  openEvaluator,
  SEED_ATTRIBUTES,
} from "../../evaluator/index.ts";
import { fetchPinned, readLock, SEED_LOCKS } from "../../packages/index.ts";
import { TemplateError } from "../imageErrors.ts";

const START_SCRIPT = new URL("job/start", import.meta.url);

/**
 * Writes the seed's job to a folder: `start`; `closure`, its derivations and sources as an export stream; `supplied`, the
 * content of its fixed outputs, with `registration` for Nix's database; and `derivations`, which of them to build.
 *
 * @throws {TemplateError} when no lock pins a fixed output.
 */
export async function writeSeedJob(folder: string, progress: Progress): Promise<void> {
  const evaluator = await openEvaluator({ progress });
  const drvPaths: string[] = [];
  for (const attribute of SEED_ATTRIBUTES) {
    drvPaths.push(await evaluator.instantiate(join(CARTENIX_EXPRESSIONS, "default.nix"), attribute));
  }
  const closure = await evaluator.closureOf(drvPaths);
  const supplied = await supply(evaluator, await flatFixedOutputsOf(evaluator, closure), progress);

  await writeFile(join(folder, "closure"), await evaluator.exportPaths(closure));
  await writeFile(join(folder, "registration"), await evaluator.registrationOf(supplied));
  await mkdir(join(folder, "supplied"));
  for (const path of supplied) {
    await copyFile(evaluator.placeOf(path), join(folder, "supplied", basename(path)));
  }
  const derivations = SEED_ATTRIBUTES.map((attribute, position) => `${attribute} ${drvPaths[position]}\n`);
  await writeFile(join(folder, "derivations"), derivations.join(""));
  await writeFile(join(folder, "start"), await readFile(START_SCRIPT), { mode: 0o755 });
}

/** Adds the pinned content of fixed outputs to the evaluator's store. */
async function supply(
  evaluator: Evaluator,
  wanted: readonly FlatFixedOutput[],
  progress: Progress,
): Promise<string[]> {
  const hashes = new Set(wanted.map(({ sha256 }) => sha256));
  const pinned = (await Promise.all(SEED_LOCKS.map(readLock))).flatMap(({ files }) => files);
  const used = pinned.filter(({ sha256 }) => hashes.has(sha256));
  const fetched = await fetchPinned(used, { progress, name: "seed's packages" });
  const places = new Map(fetched.map(({ sha256, file }) => [sha256, file]));
  return evaluator.addFixedOutputs(
    wanted.map(({ name, drvPath, sha256 }) => {
      const file = places.get(sha256);
      if (file === undefined) {
        throw new TemplateError(`no lock of the seed pins ${name}`, {
          details: `${drvPath}, sha256 ${sha256}; SEED_LOCKS are ${SEED_LOCKS.join(", ")}`,
          remedy: "add the lock that pins it to SEED_LOCKS in machine/packages/lock.ts",
        });
      }
      return { name, file };
    }),
  );
}
