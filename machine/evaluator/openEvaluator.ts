import { copyFile, link, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseDerivation, STORE_DIR } from "../../nix/index.ts";
import { CartenixError, cachePath, type Progress } from "../../support/index.ts";
import { type Bind, openToolbox } from "../toolbox/index.ts";
import { CARTENIX_EXPRESSIONS } from "./cartenixExpressions.ts";
import type { DerivationStore } from "./derivationStore.ts";
import { EvaluationError } from "./evaluatorErrors.ts";

/** The content of a flat fixed output: a file on the host, and the name of its store path. */
export interface SuppliedFile {
  readonly name: string;
  readonly file: string;
}

/** An argument of a Nix file that is a function. */
export interface NixArgument {
  readonly name: string;
  /** A Nix expression, or a text that becomes a string. */
  readonly value: string;
  readonly kind: "expression" | "string";
}

/** Debian's Nix in the toolbox, with its own store in the cache. It evaluates and exports; it never builds. */
export interface Evaluator extends DerivationStore {
  /**
   * Evaluates a file's expression, or one attribute of it, to a derivation.
   *
   * @returns the derivation's store path.
   * @throws {EvaluationError} when it cannot be evaluated, or is not exactly one derivation.
   */
  instantiate(file: string, attribute?: string, args?: readonly NixArgument[]): Promise<string>;
  /** Adds files to the store as flat sha256 fixed outputs; returns their store paths in the order given. */
  addFixedOutputs(files: readonly SuppliedFile[]): Promise<string[]>;
  /** The file or folder on the host that is the content of a store path. */
  placeOf(path: string): string;
  /** The registration of these paths for `nix-store --load-db`. */
  registrationOf(paths: readonly string[]): Promise<Uint8Array>;
}

export interface OpenEvaluatorParameters {
  progress: Progress;
  signal?: AbortSignal | undefined;
}

const HOST_ROOT = "/host";
const SUPPLIED = "/mnt";

const NIX_CONFIG = [
  "build-users-group =",
  "substitute = false",
  "max-jobs = 0",
  "allow-import-from-derivation = false",
].join("\n");

/**
 * Opens the evaluator. Expressions may `import <cartenix>`.
 *
 * @throws {ToolboxError} when this host does not allow entering the toolbox.
 */
export async function openEvaluator({ progress, signal }: OpenEvaluatorParameters): Promise<Evaluator> {
  const toolbox = await openToolbox({ progress });
  const folder = cachePath("evaluator");
  const nix = join(folder, "nix");
  await mkdir(nix, { recursive: true });
  const placeOf = (path: string) => join(nix, "store", basename(path));
  const run = (command: readonly string[], binds: readonly Bind[] = []) =>
    toolbox.run(command, {
      env: {
        NIX_CONFIG,
        NIX_PATH: `cartenix=${HOST_ROOT}${CARTENIX_EXPRESSIONS}`,
        NIX_REMOTE: "local",
      },
      binds: [{ host: nix, guest: "/nix" }, ...binds],
      ...(signal && { signal }),
    });
  const printedPaths = async (command: readonly string[], binds: readonly Bind[] = []) =>
    (await run(command, binds))
      .toString("utf8")
      .split("\n")
      .filter((line) => line.startsWith(STORE_DIR));

  return {
    async instantiate(file, attribute, args = []) {
      const words = ["nix-instantiate", HOST_ROOT + resolve(file)];
      if (attribute !== undefined) {
        words.push("--attr", attribute);
      }
      for (const { name, value, kind } of args) {
        words.push(kind === "string" ? "--argstr" : "--arg", name, value);
      }
      const paths = await printedPaths(words, [{ host: "/", guest: HOST_ROOT }]).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw new EvaluationError(`cannot evaluate ${file}`, {
          details: error instanceof CartenixError ? error.details : String(error),
          cause: error,
        });
      });
      const [drvPath, another] = paths;
      if (drvPath === undefined || another !== undefined) {
        throw new EvaluationError(`${file} evaluates to ${paths.length} derivations instead of one`, {
          remedy: "name the attribute that is the derivation",
        });
      }
      return drvPath.replace(/!.*$/, "");
    },
    closureOf: (drvPaths) => printedPaths(["nix-store", "--query", "--requisites", ...drvPaths]),
    async readDerivation(drvPath) {
      return parseDerivation(await readFile(placeOf(drvPath)));
    },
    async addFixedOutputs(files) {
      const staging = await mkdtemp(join(folder, "supplied-"));
      try {
        for (const { name, file } of files) {
          const place = join(staging, name);
          await link(file, place).catch(() => copyFile(file, place));
        }
        const places = files.map(({ name }) => join(SUPPLIED, name));
        return await printedPaths(
          ["nix-store", "--add-fixed", "sha256", ...places],
          [{ host: staging, guest: SUPPLIED }],
        );
      } finally {
        await rm(staging, { recursive: true, force: true });
      }
    },
    placeOf,
    registrationOf: (paths) => run(["nix-store", "--dump-db", ...paths]),
    exportPaths: (paths) => run(["nix-store", "--export", ...paths]),
  };
}
