import { copyFile, link, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Derivation, parseDerivation, STORE_DIR } from "../../nix/index.ts";
import { CartenixError, cachePath, type Progress } from "../../support/index.ts";
import { type Bind, openToolbox } from "../toolbox/index.ts";
import { EvaluationError } from "./evaluationError.ts";

/** The content of a flat fixed output: a file of the host, and the name of its store path. */
export interface SuppliedFile {
  readonly name: string;
  readonly file: string;
}

/** Debian's Nix in the toolbox, with a store of its own in the cache. It evaluates and packs; it never builds. */
export interface Evaluator {
  /** The derivation that a file's expression, or one attribute of it, stands for. Throws {@link EvaluationError}. */
  instantiate(file: string, attribute?: string): Promise<string>;
  /** Every derivation and source that these derivations refer to, themselves included. */
  closureOf(drvPaths: readonly string[]): Promise<string[]>;
  readDerivation(drvPath: string): Promise<Derivation>;
  /** Puts files into the store as flat sha256 fixed outputs; returns their store paths in the order given. */
  addFixedOutputs(files: readonly SuppliedFile[]): Promise<string[]>;
  /** Where on the host the content of a store path is. */
  placeOf(path: string): string;
  /** What `nix-store --load-db` takes to believe that the content of these paths is what it is here. */
  registrationOf(paths: readonly string[]): Promise<Uint8Array>;
  /** What `nix-store --export` writes for these paths: references first, the same bytes each time. */
  exportPaths(paths: readonly string[]): Promise<Uint8Array>;
}

const host = "/host";
const supplied = "/mnt";

const configuration = [
  "build-users-group =",
  "substitute = false",
  "max-jobs = 0",
  "allow-import-from-derivation = false",
].join("\n");

/** The folder that expressions name as `<cartenix>`: toolchain, sources and `build`. */
export const CARTENIX_EXPRESSIONS = fileURLToPath(new URL("cartenix", import.meta.url));

/** Opens the evaluator. Expressions may `import <cartenix>`. */
export async function openEvaluator({ progress }: { progress: Progress }): Promise<Evaluator> {
  const toolbox = await openToolbox({ progress });
  const folder = cachePath("evaluator");
  const nix = join(folder, "nix");
  await mkdir(nix, { recursive: true });
  const placeOf = (path: string) => join(nix, "store", basename(path));
  const run = (command: readonly string[], binds: readonly Bind[] = []) =>
    toolbox.run(command, {
      env: {
        NIX_CONFIG: configuration,
        NIX_PATH: `cartenix=${host}${CARTENIX_EXPRESSIONS}`,
        NIX_REMOTE: "local",
      },
      binds: [{ host: nix, guest: "/nix" }, ...binds],
    });
  const printedPaths = async (command: readonly string[], binds: readonly Bind[] = []) =>
    (await run(command, binds))
      .toString("utf8")
      .split("\n")
      .filter((line) => line.startsWith(STORE_DIR));

  return {
    async instantiate(file, attribute) {
      const words = ["nix-instantiate", host + resolve(file)];
      if (attribute !== undefined) {
        words.push("--attr", attribute);
      }
      const paths = await printedPaths(words, [{ host: "/", guest: host }]).catch((error: unknown) => {
        throw new EvaluationError(`${file} cannot be evaluated`, {
          details: error instanceof CartenixError ? error.details : String(error),
          cause: error,
        });
      });
      const [drvPath, another] = paths;
      if (drvPath === undefined || another !== undefined) {
        throw new EvaluationError(`${file} stands for ${paths.length} derivations, not for one`, {
          remedy: "name one of its attributes",
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
        const places = files.map(({ name }) => join(supplied, name));
        return await printedPaths(
          ["nix-store", "--add-fixed", "sha256", ...places],
          [{ host: staging, guest: supplied }],
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
