import { access } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import {
  type DerivationStore,
  type Evaluator,
  type NixArgument,
  openEvaluator,
  openHostStore,
} from "../../machine/evaluator/index.ts";
import { handlerLimits } from "../../machine/handler/index.ts";
import { decodeExport, encodeExport, parseStorePath } from "../../nix/index.ts";
import type { Progress } from "../../support/index.ts";
import { collectContent } from "./content/collectContent.ts";
import { fixedOutputsOf } from "./content/fixedOutputsOf.ts";
import { ContentTooLargeError, DerivationNotFoundError } from "./requestErrors.ts";

export interface NixFile {
  /** The Nix file. */
  file: string;
  /** The attribute of the file's expression that is the derivation; the expression itself by default. */
  attribute?: string | undefined;
  /** Arguments of the file's function. */
  args?: readonly NixArgument[] | undefined;
}

export interface PrepareBuildOptions {
  /**
   * Files and folders that are the contents of fixed outputs: they are known by their hashes. What this computer's Nix store has, what
   * Cartenix itself pins and what can be downloaded need not be given.
   */
  content?: readonly string[] | undefined;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** A Nix file, or a derivation that the evaluator or this computer's Nix made. */
export type PrepareBuildParameters = (NixFile | { drvPath: string }) & PrepareBuildOptions;

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
  /** Those of `missing` that a bundle has to bring: a fixed output only if a derivation that is new to the machine reads it. */
  needed(missing: readonly string[]): Promise<string[]>;
  /**
   * The bundle of what the machine lacks and the build needs.
   *
   * @param missing those of `closure` that the machine lacks.
   * @throws {FixedOutputMissingError} when the content of a fixed output that the build needs was not found.
   * @throws {WeakHashError} when one is declared by a hash that the machine does not accept.
   * @throws {ContentTooLargeError} when it is more than a request can bring.
   */
  bundle(missing: readonly string[]): Promise<Bundle>;
}

const compress = promisify(brotliCompress);

/**
 * Evaluates a Nix file with the toolbox's Nix, independently of the host's, or takes a derivation that is there already; and prepares
 * what its build needs.
 *
 * @throws {EvaluationError} when the file cannot be evaluated to one derivation.
 * @throws {DerivationNotFoundError} when there is no such derivation.
 */
export async function prepareBuild(parameters: PrepareBuildParameters): Promise<PreparedBuild> {
  const { content = [], progress, signal } = parameters;
  const { store, drvPath } = await findDerivation(parameters);
  const derivation = await store.readDerivation(drvPath);
  const paths = await store.closureOf([drvPath]);
  const fixed = await fixedOutputsOf(store, paths);

  const select = async (missing: readonly string[]) => {
    const lacking = new Set(missing);
    const newPaths = paths.filter((path) => lacking.has(path));
    const inputs = await directInputs(store, newPaths);
    const contents = fixed.filter(({ path, drvPath: producer }) => lacking.has(path) && inputs.has(producer));
    return { newPaths, contents };
  };
  return {
    drvPath,
    outputs: derivation.outputs.map(({ name, path }) => ({ name, path })),
    closure: [...paths, ...fixed.map(({ path }) => path)],
    async needed(missing) {
      const { newPaths, contents } = await select(missing);
      return [...contents.map(({ path }) => path), ...newPaths];
    },
    async bundle(missing) {
      const { newPaths, contents } = await select(missing);
      const supplied = await collectContent(contents, { given: content, progress, signal });
      const exported = newPaths.length === 0 ? [] : decodeExport(await store.exportPaths(newPaths));
      const stream = encodeExport([...supplied, ...exported]);
      requireSize(stream.length);
      const compressed = await compress(stream, {
        params: { [constants.BROTLI_PARAM_SIZE_HINT]: stream.length },
      });
      return { paths: [...supplied, ...exported].map(({ path }) => path), compressed };
    },
  };
}

async function findDerivation(
  parameters: PrepareBuildParameters,
): Promise<{ store: DerivationStore; drvPath: string }> {
  const { progress, signal } = parameters;
  if (!("drvPath" in parameters)) {
    const { file, attribute, args } = parameters;
    const evaluator = await openEvaluator({ progress, signal });
    return { store: evaluator, drvPath: await evaluator.instantiate(file, attribute, args) };
  }
  const { drvPath } = parameters;
  parseStorePath(drvPath);
  if (await exists(drvPath)) {
    return { store: openHostStore({ signal }), drvPath };
  }
  const evaluator: Evaluator = await openEvaluator({ progress, signal });
  if (!(await exists(evaluator.placeOf(drvPath)))) {
    throw new DerivationNotFoundError(`there is no ${drvPath} on this computer`, {
      remedy: "name the Nix file that it comes from, or check the path",
    });
  }
  return { store: evaluator, drvPath };
}

function exists(place: string): Promise<boolean> {
  return access(place).then(
    () => true,
    () => false,
  );
}

/** The derivations whose outputs the builds of these derivations read. */
async function directInputs(store: DerivationStore, paths: readonly string[]): Promise<Set<string>> {
  const inputs = new Set<string>();
  for (const path of paths.filter((name) => name.endsWith(".drv"))) {
    for (const { path: input } of (await store.readDerivation(path)).inputDrvs) {
      inputs.add(input);
    }
  }
  return inputs;
}

function requireSize(bytes: number): void {
  const limit = handlerLimits.MAX_BUNDLE_BYTES;
  if (bytes > limit) {
    throw new ContentTooLargeError(
      `the build needs ${bytes} bytes that the machine lacks, and a request brings ${limit}`,
      {
        remedy: "submit some of its inputs first, each on its own",
        docs: "docs/limits.md",
      },
    );
  }
}
