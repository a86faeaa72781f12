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
import { ownText } from "../memory/ownText.ts";
import type { PathInfo } from "../nixDaemon/index.ts";
import {
  bundleMemoryBytes,
  derivationMemoryBytes,
  originMemoryBytes,
  pathMemoryBytes,
} from "./inventoryMemory.ts";

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

/** What is kept of a path. */
interface StoredPath {
  /** The one copy of the path's text: whatever names the path shares it. */
  readonly path: string;
  readonly info: PathInfo;
  /** Part of the template, which is never deleted. */
  permanent: boolean;
  /** The index of the last input that needed the path. */
  lastUse: number | undefined;
  origin: Origin | undefined;
  memoryBytes: number;
}

interface StoredDerivation {
  readonly checked: CheckedDerivation;
  readonly memoryBytes: number;
}

/**
 * What is in the store, without asking Nix: everything that enters or leaves the store does so through the handler. It
 * counts the memory that it holds, so nothing in it may share memory with what was passed to it.
 */
export class Inventory {
  readonly #paths = new Map<string, StoredPath>();
  readonly #derivations = new Map<string, StoredDerivation>();
  readonly #declared = new Map<string, DeclaredOutput>();
  readonly #bundles = new Set<string>();
  #memoryBytes = 0;

  /** Adds a path. Those that it refers to should be there already: they then share their names' memory. */
  addPath(path: string, { narHash, narSize, references }: PathInfo): void {
    if (this.#paths.has(path)) {
      return;
    }
    const name = ownText(path);
    const own: string[] = [];
    const sharedReferences = references.map((reference) =>
      reference === name ? name : this.#shareName(reference, own),
    );
    const memoryBytes = pathMemoryBytes(name, sharedReferences, own);
    this.#paths.set(name, {
      path: name,
      info: { narHash: ownText(narHash), narSize, references: sharedReferences },
      permanent: false,
      lastUse: undefined,
      origin: undefined,
      memoryBytes,
    });
    this.#memoryBytes += memoryBytes;
  }

  /** Adds a derivation, whose file should be in the store already, as should be its inputs. */
  addDerivation(drvPath: string, { derivation, hash, unsupportedFeature }: CheckedDerivation): void {
    if (this.#derivations.has(drvPath)) {
      return;
    }
    const own: string[] = [];
    const name = this.#shareName(drvPath, []);
    const checked: CheckedDerivation = {
      derivation: {
        ...derivation,
        inputDrvs: derivation.inputDrvs.map(({ path, outputNames }) => ({
          path: this.#shareName(path, own),
          outputNames,
        })),
        inputSrcs: derivation.inputSrcs.map((path) => this.#shareName(path, own)),
      },
      hash,
      unsupportedFeature,
    };
    const memoryBytes = derivationMemoryBytes(name, checked, own);
    this.#derivations.set(name, { checked, memoryBytes });
    this.#memoryBytes += memoryBytes;
    for (const [path, declared] of declaredOutputs(name, checked.derivation)) {
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

  /** Records which input built a path that is in the store. */
  addOrigin(outPath: string, { inputIndex, drvPath }: Origin): void {
    const stored = this.#paths.get(outPath);
    if (!stored) {
      throw new Error(`${outPath} is not in the inventory`);
    }
    const before = stored.origin ? originMemoryBytes(stored.origin.drvPath) : 0;
    stored.origin = { inputIndex, drvPath: this.#shareName(drvPath, []) };
    const growth = originMemoryBytes(drvPath) - before;
    stored.memoryBytes += growth;
    this.#memoryBytes += growth;
  }

  /** Marks everything so far as part of the template, which is never deleted. */
  markPermanent(): void {
    for (const stored of this.#paths.values()) {
      stored.permanent = true;
      stored.lastUse = undefined;
    }
  }

  /** Remembers that every path of a bundle is in the store. Only the latest bundles are remembered. */
  addBundle(sha256: string): void {
    if (!this.#bundles.has(sha256)) {
      this.#bundles.add(ownText(sha256));
      this.#memoryBytes += bundleMemoryBytes(sha256);
    }
    const [oldest] = this.#bundles;
    if (oldest !== undefined && this.#bundles.size > MAX_KNOWN_BUNDLES) {
      this.#forgetBundle(oldest);
    }
  }

  /** Records that an input needed these paths, which must include everything that they refer to. */
  markUsed(paths: Iterable<string>, inputIndex: number): void {
    for (const path of paths) {
      const stored = this.#paths.get(path);
      if (stored && !stored.permanent) {
        stored.lastUse = inputIndex;
      }
    }
  }

  /** The paths that inputs brought or built, grouped by the last input that needed them, oldest first. */
  get generations(): string[][] {
    const byUse = new Map<number, string[]>();
    for (const { path, lastUse } of this.#paths.values()) {
      if (lastUse === undefined) {
        continue;
      }
      const generation = byUse.get(lastUse);
      if (generation) {
        generation.push(path);
      } else {
        byUse.set(lastUse, [path]);
      }
    }
    return [...byUse].sort(([a], [b]) => a - b).map(([, paths]) => paths.sort());
  }

  /** Removes paths that were deleted from the store, and forgets all bundles, since the paths may have been in any. */
  remove(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#forgetDerivation(path);
      this.#memoryBytes -= this.#paths.get(path)?.memoryBytes ?? 0;
      this.#paths.delete(path);
    }
    for (const sha256 of this.#bundles) {
      this.#forgetBundle(sha256);
    }
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  infoOf(path: string): PathInfo | undefined {
    return this.#paths.get(path)?.info;
  }

  derivationAt(drvPath: string): CheckedDerivation | undefined {
    return this.#derivations.get(drvPath)?.checked;
  }

  /** A path as the derivation in the store declares it whose output it is. */
  declaredAt(path: string): DeclaredOutput | undefined {
    return this.#declared.get(path);
  }

  /** The input that built a path; `undefined` for paths that came with the template or in a bundle. */
  originOf(path: string): Origin | undefined {
    return this.#paths.get(path)?.origin;
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

  /**
   * The text of a path in the store, which is there once.
   *
   * @param own receives the text if the path is not in the store, so that it needs memory of its own.
   */
  #shareName(path: string, own: string[]): string {
    const stored = this.#paths.get(path);
    if (stored) {
      return stored.path;
    }
    const text = ownText(path);
    own.push(text);
    return text;
  }

  #forgetDerivation(drvPath: string): void {
    const stored = this.#derivations.get(drvPath);
    if (!stored) {
      return;
    }
    for (const { path } of stored.checked.derivation.outputs) {
      if (this.#declared.get(path)?.drvPath === drvPath) {
        this.#declared.delete(path);
      }
    }
    this.#derivations.delete(drvPath);
    this.#memoryBytes -= stored.memoryBytes;
  }

  #forgetBundle(sha256: string): void {
    this.#bundles.delete(sha256);
    this.#memoryBytes -= bundleMemoryBytes(sha256);
  }
}
