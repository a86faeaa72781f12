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

/** The input that built an output, and the derivation that it built. */
export interface Origin {
  readonly inputIndex: number;
  readonly drvPath: string;
}

/** One output as a derivation declares it. */
export interface DeclaredOutput {
  readonly drvPath: string;
  /** `undefined` for an output that only a build can produce. */
  readonly fixed: FixedOutput | undefined;
}

/** The outputs that a derivation declares, by path. */
export function declaredOutputs(drvPath: string, derivation: DerivationSummary): [string, DeclaredOutput][] {
  const type = derivationType(derivation);
  const fixed = type.kind === "fixed" ? type.output : undefined;
  return derivation.outputs.map(({ path }) => [path, { drvPath, fixed }]);
}

/**
 * What is in the store, without asking Nix: everything that enters or leaves the store does so through the handler.
 */
export class Inventory {
  readonly #paths = new Map<string, PathInfo>();
  readonly #derivations = new Map<string, CheckedDerivation>();
  readonly #declared = new Map<string, DeclaredOutput>();
  readonly #origins = new Map<string, Origin>();
  readonly #bundles = new Set<string>();
  /** By path, the index of the last input that needed it. */
  readonly #lastUses = new Map<string, number>();
  #permanent: ReadonlySet<string> = new Set();
  #memoryBytes = 0;

  addPath(path: string, info: PathInfo): void {
    this.#forgetPath(path);
    this.#paths.set(path, info);
    this.#memoryBytes += pathMemoryBytes(info);
  }

  addDerivation(drvPath: string, known: CheckedDerivation): void {
    this.#forgetDerivation(drvPath);
    this.#derivations.set(drvPath, known);
    this.#memoryBytes += derivationMemoryBytes(known.derivation);
    for (const [path, declared] of declaredOutputs(drvPath, known.derivation)) {
      this.#declared.set(path, declared);
    }
  }

  /** Adds derivations, in any order, that may depend on each other. */
  addDerivations(derivations: ReadonlyMap<string, Derivation>): void {
    const hasher = createDerivationHasher((path) => derivations.get(path));
    for (const [path, derivation] of derivations) {
      this.addDerivation(path, createCheckedDerivation(derivation, hasher(path)));
    }
  }

  addOrigin(outPath: string, origin: Origin): void {
    this.#origins.set(outPath, origin);
  }

  /** Marks everything so far as part of the template, which is never deleted. */
  markPermanent(): void {
    this.#permanent = new Set(this.#paths.keys());
    this.#lastUses.clear();
  }

  /** Remembers that every path of a bundle is in the store. Only the latest bundles are remembered. */
  addBundle(sha256: string): void {
    this.#bundles.add(sha256);
    const [oldest] = this.#bundles;
    if (oldest !== undefined && this.#bundles.size > MAX_KNOWN_BUNDLES) {
      this.#bundles.delete(oldest);
    }
  }

  /** Records that an input needed these paths, which must include everything that they refer to. */
  markUsed(paths: Iterable<string>, inputIndex: number): void {
    for (const path of paths) {
      if (!this.#permanent.has(path)) {
        this.#lastUses.set(path, inputIndex);
      }
    }
  }

  /** The paths that inputs brought or built, grouped by the last input that needed them, oldest first. */
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

  /** Removes paths that were deleted from the store, and forgets all bundles, since the paths may have been in any. */
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

  /** A path as the derivation in the store declares it whose output it is. */
  declaredAt(path: string): DeclaredOutput | undefined {
    return this.#declared.get(path);
  }

  /** The input that built a path; `undefined` for paths that came with the template or in a bundle. */
  originOf(path: string): Origin | undefined {
    return this.#origins.get(path);
  }

  /** Whether an earlier input imported the whole bundle, and all of it is still in the store. */
  hasBundle(sha256: string): boolean {
    return this.#bundles.has(sha256);
  }

  get counts(): { paths: number; derivations: number } {
    return { paths: this.#paths.size, derivations: this.#derivations.size };
  }

  /** Memory that the inventory uses, at most, in bytes. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  #forgetPath(path: string): void {
    const info = this.#paths.get(path);
    if (!info) {
      return;
    }
    this.#paths.delete(path);
    this.#memoryBytes -= pathMemoryBytes(info);
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
    this.#memoryBytes -= derivationMemoryBytes(known.derivation);
  }
}
