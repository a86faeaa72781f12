import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import {
  type Evaluator,
  type FlatFixedOutput,
  flatFixedOutputsOf,
  openEvaluator,
} from "../machine/evaluator/index.ts";
import { fetchPinned, readLock } from "../machine/packages/index.ts";
import { CartenixError, type ErrorCode, type Progress } from "../support/index.ts";

export interface PrepareBuildParameters {
  /** The Nix file. */
  file: string;
  /** The attribute of the file's expression that is the derivation; the expression itself by default. */
  attribute?: string;
  /**
   * Files that are the content of flat fixed outputs, found by their sha256. What Cartenix itself pins (the sources in
   * `machine/packages/lock`) need not be listed.
   */
  fixedOutputs?: readonly string[];
  progress: Progress;
}

/** What is uploaded before the request itself. */
export interface Bundle {
  /** The store paths in it. */
  paths: readonly string[];
  /** An export stream, compressed by brotli. */
  compressed: Uint8Array;
}

/** A derivation with everything that a machine needs to build it. */
export interface PreparedBuild {
  drvPath: string;
  /** The derivation's outputs. */
  outputs: readonly { name: string; path: string }[];
  /** The store paths that the machine may lack: derivations, sources and fixed outputs. */
  closure: readonly string[];
  /**
   * The bundle of what the machine lacks and the build needs.
   *
   * @param missing those of `closure` that the machine lacks.
   * @throws {FixedOutputMissingError} when the content of a fixed output that the build needs was not supplied.
   */
  bundle(missing: readonly string[]): Promise<Bundle>;
}

/** A build needs a fixed output whose content was not supplied. */
export class FixedOutputMissingError extends CartenixError {
  readonly code: ErrorCode = "FIXED_OUTPUT_MISSING";
}

const compress = promisify(brotliCompress);

/** Evaluates a Nix file with the toolbox's Nix, independently of the host's, and prepares what its build needs. */
export async function prepareBuild(parameters: PrepareBuildParameters): Promise<PreparedBuild> {
  const { file, attribute, fixedOutputs = [], progress } = parameters;
  const evaluator = await openEvaluator({ progress });
  const drvPath = await evaluator.instantiate(file, attribute);
  const derivation = await evaluator.readDerivation(drvPath);
  const paths = await evaluator.closureOf([drvPath]);
  const fixed = await flatFixedOutputsOf(evaluator, paths);
  return {
    drvPath,
    outputs: derivation.outputs.map(({ name, path }) => ({ name, path })),
    closure: [...paths, ...fixed.map(({ path }) => path)],
    async bundle(missing) {
      const lacking = new Set(missing);
      const newPaths = paths.filter((path) => lacking.has(path));
      const inputs = await directInputs(evaluator, newPaths);
      const needed = fixed.filter(({ path, drvPath: producer }) => lacking.has(path) && inputs.has(producer));
      await supply(evaluator, needed, fixedOutputs, progress);
      const sent = [...needed.map(({ path }) => path), ...newPaths];
      const stream = await evaluator.exportPaths(sent);
      const compressed = await compress(stream, {
        params: { [constants.BROTLI_PARAM_SIZE_HINT]: stream.length },
      });
      return { paths: sent, compressed };
    },
  };
}

/** The derivations whose outputs the builds of these derivations read. */
async function directInputs(evaluator: Evaluator, paths: readonly string[]): Promise<Set<string>> {
  const inputs = new Set<string>();
  for (const path of paths.filter((name) => name.endsWith(".drv"))) {
    for (const { path: input } of (await evaluator.readDerivation(path)).inputDrvs) {
      inputs.add(input);
    }
  }
  return inputs;
}

async function supply(
  evaluator: Evaluator,
  needed: readonly FlatFixedOutput[],
  files: readonly string[],
  progress: Progress,
): Promise<void> {
  const places = await hashFiles(files);
  const unsupplied = new Set(needed.map(({ sha256 }) => sha256).filter((sha256) => !places.has(sha256)));
  const pinned = (await readLock("sources")).files.filter(({ sha256 }) => unsupplied.has(sha256));
  if (pinned.length > 0) {
    for (const { sha256, file } of await fetchPinned(pinned, { progress, name: "sources" })) {
      places.set(sha256, file);
    }
  }
  await evaluator.addFixedOutputs(
    needed.map(({ path, name, sha256 }) => {
      const file = places.get(sha256);
      if (file) {
        return { name, file };
      }
      throw new FixedOutputMissingError(`the content of the fixed output ${name} was not supplied`, {
        details: `${path}, sha256 ${sha256}`,
        remedy: "download the file and pass it in fixedOutputs",
      });
    }),
  );
}

async function hashFiles(files: readonly string[]): Promise<Map<string, string>> {
  const hashed = files.map(async (file): Promise<[string, string]> => {
    const bytes = await readFile(file);
    return [createHash("sha256").update(bytes).digest("hex"), file];
  });
  return new Map(await Promise.all(hashed));
}
