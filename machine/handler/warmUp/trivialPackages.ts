import {
  type Derivation,
  type DerivationHash,
  type DerivationHashLookup,
  type ExportedPath,
  encodeExport,
  encodeNar,
  formatDerivation,
  hashDerivationModulo,
  outputPathsOf,
  referencesOfDerivation,
  storePathForDerivation,
} from "../../../nix/index.ts";

const BUILDS = 3;

export interface TrivialPackages {
  /** Of the last derivation, which needs all the others. */
  readonly drvPath: string;
  readonly out: string;
  /** The export stream of all of them. */
  readonly stream: Uint8Array;
}

/** A chain of derivations, each of which needs the previous one. */
export function trivialPackages(system: string): TrivialPackages {
  const hashes = new Map<string, DerivationHash>();
  const lookup: DerivationHashLookup = (path) => hashes.get(path) ?? noSuchInput(path);
  const exported: ExportedPath[] = [];
  let drvPath = "";
  let out = "";
  for (let round = 1; round <= BUILDS; round += 1) {
    const name = `cartenix-warm-up-${round}`;
    const inputDrvs = drvPath === "" ? [] : [{ path: drvPath, outputs: ["out"] }];
    const anyPath = `/nix/store/${"0".repeat(32)}-${name}`;
    const draft = trivialDerivation(name, system, anyPath, inputDrvs);
    out = outputPathsOf(name, draft, lookup).get("out") ?? anyPath;
    const derivation = trivialDerivation(name, system, out, inputDrvs);
    drvPath = storePathForDerivation(name, derivation);
    hashes.set(drvPath, hashDerivationModulo(derivation, lookup));
    const contents = Buffer.from(formatDerivation(derivation));
    const nar = encodeNar({ kind: "regular", executable: false, contents });
    exported.push({ path: drvPath, nar, references: referencesOfDerivation(derivation), deriver: undefined });
  }
  return { drvPath, out, stream: encodeExport(exported) };
}

function trivialDerivation(
  name: string,
  system: string,
  out: string,
  inputDrvs: Derivation["inputDrvs"],
): Derivation {
  return {
    outputs: [{ name: "out", path: out, hashAlgo: "", hash: "" }],
    inputDrvs,
    inputSrcs: [],
    system,
    builder: "/bin/sh",
    args: ["-c", "echo warm; echo warm > $out"],
    env: [
      ["name", name],
      ["out", out],
      ["system", system],
    ],
  };
}

function noSuchInput(path: string): never {
  throw new Error(`${path} is not an input`);
}
