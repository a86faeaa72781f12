import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import type { Hex } from "viem";
import {
  type Derivation,
  type DerivationHash,
  type ExportedPath,
  encodeExport,
  encodeNar,
  type FixedOutput,
  formatDerivation,
  hashDerivationModulo,
  outputPathsOf,
  referencesOfDerivation,
  storePathForDerivation,
  storePathForFixedOutput,
  storePathForSource,
  storePathForText,
} from "../../nix/index.ts";

/** A derivation with the path of its file and its closure, dependencies first. */
export interface Package {
  readonly drvPath: string;
  readonly derivation: Derivation;
  readonly hash: DerivationHash;
  readonly out: string;
  /** What a bundle for it holds. */
  readonly closure: readonly ExportedPath[];
}

export interface PackageInit {
  readonly name: string;
  readonly script: string;
  readonly system?: string;
  readonly builder?: string;
  readonly inputs?: readonly Package[];
  readonly sources?: readonly ExportedPath[];
  readonly outputs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly fixed?: FixedOutput;
}

const UNKNOWN = `/nix/store/${"0".repeat(32)}-unknown`;

/** A derivation that runs a shell script, made without Nix. */
export function shellPackage(init: PackageInit): Package {
  const { name, script, system = "x86_64-linux", inputs = [], sources = [], outputs = ["out"] } = init;
  const lookup = (drvPath: string): DerivationHash => {
    const input = inputs.find((candidate) => candidate.drvPath === drvPath);
    if (!input) {
      throw new Error(`${drvPath} is not an input`);
    }
    return input.hash;
  };
  const draft = (paths: ReadonlyMap<string, string>): Derivation => ({
    outputs: [...outputs].sort().map((output) => ({
      name: output,
      path: paths.get(output) ?? UNKNOWN,
      hashAlgo: init.fixed ? `${init.fixed.mode === "recursive" ? "r:" : ""}${init.fixed.algorithm}` : "",
      hash: init.fixed ? Buffer.from(init.fixed.digest).toString("hex") : "",
    })),
    inputDrvs: inputs.map(({ drvPath }) => ({ path: drvPath, outputs: ["out"] })).sort(byPath),
    inputSrcs: sources.map(({ path }) => path).sort(),
    system,
    builder: init.builder ?? "/bin/sh",
    args: ["-c", script],
    env: Object.entries({
      ...init.env,
      name,
      system,
      ...Object.fromEntries(outputs.map((output) => [output, paths.get(output) ?? UNKNOWN])),
    }).sort(([a], [b]) => (a < b ? -1 : 1)),
  });
  const derivation = draft(outputPathsOf(name, draft(new Map()), lookup));
  const drvPath = storePathForDerivation(name, derivation);
  const references = referencesOfDerivation(derivation);
  const file = exported(drvPath, formatDerivation(derivation), references);
  const closure = [...inputs.flatMap((input) => input.closure), ...sources, file];
  const unique = new Map(closure.map((item) => [item.path, item]));
  return {
    drvPath,
    derivation,
    hash: hashDerivationModulo(derivation, lookup),
    out: derivation.outputs.find((output) => output.name === "out")?.path ?? "",
    closure: [...unique.values()],
  };
}

export function textFile(name: string, contents: string, references: readonly string[] = []): ExportedPath {
  return exported(storePathForText({ name, contents, references }), contents, references);
}

export function sourceFile(name: string, contents: string | Uint8Array, executable = false): ExportedPath {
  const nar = encodeNar({ kind: "regular", executable, contents: Buffer.from(contents) });
  return {
    path: storePathForSource({ name, narSha256: sha256(nar), references: [] }),
    nar,
    references: [],
    deriver: undefined,
  };
}

/** A fixed output with the derivation that declares it, which cannot be built. */
export function fixedFile(
  name: string,
  contents: string,
  { mode, algorithm }: Pick<FixedOutput, "mode" | "algorithm">,
): { declaration: Package; file: ExportedPath; fixed: FixedOutput } {
  const nar = encodeNar({ kind: "regular", executable: false, contents: Buffer.from(contents) });
  const digest = createHash(algorithm)
    .update(mode === "flat" ? contents : nar)
    .digest();
  const fixed: FixedOutput = { mode, algorithm, digest };
  const path = storePathForFixedOutput({ name, ...fixed });
  const declaration = shellPackage({ name, script: "exit 1", fixed });
  return { declaration, file: { path, nar, references: [], deriver: undefined }, fixed };
}

/** A bundle as a client uploads it, and its sha256. */
export function bundleOf(closure: readonly ExportedPath[]): { blob: Uint8Array; sha256: Hex } {
  return compress(encodeExport(closure));
}

export function compress(stream: Uint8Array): { blob: Uint8Array; sha256: Hex } {
  const blob = brotliCompressSync(stream, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  return { blob, sha256: `0x${sha256(blob).toString("hex")}` };
}

export function exported(path: string, contents: string, references: readonly string[]): ExportedPath {
  const nar = encodeNar({ kind: "regular", executable: false, contents: Buffer.from(contents) });
  return { path, nar, references, deriver: undefined };
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : 1;
}
