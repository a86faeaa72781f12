import {
  createDerivationHasher,
  type Derivation,
  type DerivationHash,
  derivationType,
  type FixedOutput,
} from "../../nix/index.ts";
import type { PathInfo } from "./daemon/index.ts";

/** Which input built an output, as which derivation. */
export interface Origin {
  readonly inputIndex: number;
  readonly drvPath: string;
}

/** A derivation that is in the store and whose path, references and outputs were checked. */
export interface KnownDerivation {
  readonly derivation: Derivation;
  readonly hash: DerivationHash;
}

/** What a derivation says of one of its outputs. */
export interface DeclaredOutput {
  readonly drvPath: string;
  /** `undefined` where only a build gives the output. */
  readonly fixed: FixedOutput | undefined;
}

/** A derivation's outputs, by path. */
export function declaredOutputs(drvPath: string, derivation: Derivation): [string, DeclaredOutput][] {
  const type = derivationType(derivation);
  const fixed = type.kind === "fixed" ? type.output : undefined;
  return derivation.outputs.map(({ path }) => [path, { drvPath, fixed }]);
}

/**
 * What the store holds, as the handler knows it without asking Nix: nothing gets into the store but through the
 * handler, and nothing leaves it.
 */
export class Inventory {
  readonly #paths = new Map<string, PathInfo>();
  readonly #derivations = new Map<string, KnownDerivation>();
  readonly #declared = new Map<string, DeclaredOutput>();
  readonly #origins = new Map<string, Origin>();
  readonly #bundles = new Set<string>();

  addPath(path: string, info: PathInfo): void {
    this.#paths.set(path, info);
  }

  addDerivation(drvPath: string, known: KnownDerivation): void {
    this.#derivations.set(drvPath, known);
    for (const [path, declared] of declaredOutputs(drvPath, known.derivation))
      this.#declared.set(path, declared);
  }

  /** Adds derivations of which each may depend on any other one. */
  addDerivations(derivations: ReadonlyMap<string, Derivation>): void {
    const hasher = createDerivationHasher((path) => derivations.get(path));
    for (const [path, derivation] of derivations)
      this.addDerivation(path, { derivation, hash: hasher(path) });
  }

  addOrigin(outPath: string, origin: Origin): void {
    this.#origins.set(outPath, origin);
  }

  addBundle(sha256: string): void {
    this.#bundles.add(sha256);
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  infoOf(path: string): PathInfo | undefined {
    return this.#paths.get(path);
  }

  derivationAt(drvPath: string): KnownDerivation | undefined {
    return this.#derivations.get(drvPath);
  }

  /** What a derivation in the store declares of a path that is its output. */
  declaredAt(path: string): DeclaredOutput | undefined {
    return this.#declared.get(path);
  }

  /** The input that built a path; `undefined` for what came with the template or in a bundle. */
  originOf(path: string): Origin | undefined {
    return this.#origins.get(path);
  }

  /** Whether all of a bundle was imported by an earlier input. */
  hasBundle(sha256: string): boolean {
    return this.#bundles.has(sha256);
  }

  get counts(): { paths: number; derivations: number } {
    return { paths: this.#paths.size, derivations: this.#derivations.size };
  }
}
