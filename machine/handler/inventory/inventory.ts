import {
  createDerivationHasher,
  type Derivation,
  derivationType,
  type FixedOutput,
} from "../../../nix/index.ts";
import {
  type CheckedDerivation,
  createCheckedDerivation,
  type DerivationSummary,
} from "../derivations/checkedDerivation.ts";
import { MAX_KNOWN_BUNDLES } from "../limits.ts";
import type { PathInfo } from "../nixDaemon/index.ts";
import { derivationMemoryBytes, pathMemoryBytes } from "./inventoryMemory.ts";

/** Which input built an output, as which derivation. */
export interface Origin {
  readonly inputIndex: number;
  readonly drvPath: string;
}

/** What a derivation says of one of its outputs. */
export interface DeclaredOutput {
  readonly drvPath: string;
  /** `undefined` where only a build gives the output. */
  readonly fixed: FixedOutput | undefined;
}

/** A derivation's outputs, by path. */
export function declaredOutputs(drvPath: string, derivation: DerivationSummary): [string, DeclaredOutput][] {
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
  readonly #derivations = new Map<string, CheckedDerivation>();
  readonly #declared = new Map<string, DeclaredOutput>();
  readonly #origins = new Map<string, Origin>();
  readonly #bundles = new Set<string>();
  /** The last input that needed a path. */
  readonly #lastUses = new Map<string, number>();
  #permanent: ReadonlySet<string> = new Set();
  #bytes = 0;

  addPath(path: string, info: PathInfo): void {
    this.#forgetPath(path);
    this.#paths.set(path, info);
    this.#bytes += pathMemoryBytes(info);
  }

  addDerivation(drvPath: string, known: CheckedDerivation): void {
    this.#forgetDerivation(drvPath);
    this.#derivations.set(drvPath, known);
    this.#bytes += derivationMemoryBytes(known.derivation);
    for (const [path, declared] of declaredOutputs(drvPath, known.derivation)) {
      this.#declared.set(path, declared);
    }
  }

  /** Adds derivations of which each may depend on any other one. */
  addDerivations(derivations: ReadonlyMap<string, Derivation>): void {
    const hasher = createDerivationHasher((path) => derivations.get(path));
    for (const [path, derivation] of derivations) {
      this.addDerivation(path, createCheckedDerivation(derivation, hasher(path)));
    }
  }

  addOrigin(outPath: string, origin: Origin): void {
    this.#origins.set(outPath, origin);
  }

  /** All that is there now belongs to the template, and stays. */
  markPermanent(): void {
    this.#permanent = new Set(this.#paths.keys());
    this.#lastUses.clear();
  }

  /** Notes that all of a bundle is there. Of many bundles only the last ones are known. */
  addBundle(sha256: string): void {
    this.#bundles.add(sha256);
    const [oldest] = this.#bundles;
    if (oldest !== undefined && this.#bundles.size > MAX_KNOWN_BUNDLES) {
      this.#bundles.delete(oldest);
    }
  }

  /** Notes that an input needed these paths. What one of them refers to has to be among them too. */
  use(paths: Iterable<string>, inputIndex: number): void {
    for (const path of paths) {
      if (!this.#permanent.has(path)) {
        this.#lastUses.set(path, inputIndex);
      }
    }
  }

  /** The paths that inputs brought or built, those together that the same input needed last; the oldest first. */
  get generations(): string[][] {
    const byUse = new Map<number, string[]>();
    for (const [path, inputIndex] of this.#lastUses) {
      const generation = byUse.get(inputIndex);
      if (generation) {
        generation.push(path);
      } else {
        byUse.set(inputIndex, [path]);
      }
    }
    return [...byUse].sort(([a], [b]) => a - b).map(([, paths]) => paths.sort());
  }

  /** Forgets paths that are not in the store any more, and every bundle, since they may have been parts of it. */
  remove(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#forgetPath(path);
      this.#forgetDerivation(path);
      this.#origins.delete(path);
      this.#lastUses.delete(path);
    }
    this.#bundles.clear();
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  infoOf(path: string): PathInfo | undefined {
    return this.#paths.get(path);
  }

  derivationAt(drvPath: string): CheckedDerivation | undefined {
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

  /** Bytes of memory that all this takes, at most. */
  get bytes(): number {
    return this.#bytes;
  }

  #forgetPath(path: string): void {
    const info = this.#paths.get(path);
    if (!info) {
      return;
    }
    this.#paths.delete(path);
    this.#bytes -= pathMemoryBytes(info);
  }

  #forgetDerivation(drvPath: string): void {
    const known = this.#derivations.get(drvPath);
    if (!known) {
      return;
    }
    for (const { path } of known.derivation.outputs) {
      if (this.#declared.get(path)?.drvPath === drvPath) {
        this.#declared.delete(path);
      }
    }
    this.#derivations.delete(drvPath);
    this.#bytes -= derivationMemoryBytes(known.derivation);
  }
}
