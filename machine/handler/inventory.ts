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
 * What the store holds, as the handler knows it without asking Nix: nothing gets into the store or leaves it but through
 * the handler.
 */
export class Inventory {
  readonly #paths = new Map<string, PathInfo>();
  readonly #derivations = new Map<string, KnownDerivation>();
  readonly #declared = new Map<string, DeclaredOutput>();
  readonly #origins = new Map<string, Origin>();
  /** The paths of each, by its sha256. */
  readonly #bundles = new Map<string, readonly string[]>();
  /** The last input that needed a path. */
  readonly #lastUses = new Map<string, number>();
  #permanent: ReadonlySet<string> = new Set();

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

  /** All that is there now belongs to the template, and stays. */
  keepForGood(): void {
    this.#permanent = new Set(this.#paths.keys());
    this.#lastUses.clear();
  }

  addBundle(sha256: string, paths: readonly string[]): void {
    this.#bundles.set(sha256, paths);
  }

  /** Notes that an input needed these paths. What one of them refers to has to be among them too. */
  use(paths: Iterable<string>, inputIndex: number): void {
    for (const path of paths) if (!this.#permanent.has(path)) this.#lastUses.set(path, inputIndex);
  }

  /** The paths that inputs brought or built, those together that the same input needed last; the oldest first. */
  get generations(): string[][] {
    const byUse = new Map<number, string[]>();
    for (const [path, inputIndex] of this.#lastUses) {
      const generation = byUse.get(inputIndex);
      if (generation) generation.push(path);
      else byUse.set(inputIndex, [path]);
    }
    return [...byUse].sort(([a], [b]) => a - b).map(([, paths]) => paths.sort());
  }

  /** Forgets paths that are not in the store any more, and bundles of which they were a part. */
  remove(paths: Iterable<string>): void {
    const removed = new Set(paths);
    for (const path of removed) {
      for (const output of this.#derivations.get(path)?.derivation.outputs ?? [])
        if (this.#declared.get(output.path)?.drvPath === path) this.#declared.delete(output.path);
      for (const books of [this.#paths, this.#derivations, this.#origins, this.#lastUses]) books.delete(path);
    }
    for (const [sha256, parts] of this.#bundles)
      if (parts.some((path) => removed.has(path))) this.#bundles.delete(sha256);
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

  /** Whether all of a bundle was imported by an earlier input, and is still there. */
  hasBundle(sha256: string): boolean {
    return this.#bundles.has(sha256);
  }

  get counts(): { paths: number; derivations: number } {
    return { paths: this.#paths.size, derivations: this.#derivations.size };
  }
}
