import type { PinnedFile } from "../lock.ts";
import { DebianError } from "../packagesErrors.ts";
import type { PackageIndex } from "./packageIndex.ts";

/** The packages to resolve, and the dependencies to leave out. */
export interface ClosureRequest {
  readonly packages: readonly string[];
  /** Dependencies to leave out, with everything that only they need. */
  readonly without?: readonly string[];
}

/**
 * The requested packages and everything they depend on, sorted by name.
 *
 * Among alternatives, one that is already chosen wins, then the first that exists. A virtual package is resolved to a
 * provider that is already chosen, then to the first in alphabetical order. Recommends are ignored.
 *
 * @throws {DebianError} when a package is not in the index.
 */
export function resolveClosure(index: PackageIndex, request: ClosureRequest): PinnedFile[] {
  const unwanted = new Set(request.without ?? []);
  const chosen = new Set<string>(request.packages);
  const queue = [...request.packages];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const found = index.packages.get(name);
    if (!found) {
      throw new DebianError(`no package ${name} in the archive's index`);
    }
    for (const alternatives of found.depends) {
      if (alternatives.some((alternative) => unwanted.has(alternative))) {
        continue;
      }
      const candidates = alternatives.flatMap((alternative) => candidatesFor(index, alternative));
      if (candidates.some((candidate) => chosen.has(candidate))) {
        continue;
      }
      const pick = candidates.find((candidate) => !unwanted.has(candidate));
      if (pick === undefined) {
        if (candidates.length > 0) {
          continue;
        }
        throw new DebianError(
          `${name} depends on ${alternatives.join(" | ")}, which the archive's index lacks`,
        );
      }
      chosen.add(pick);
      queue.push(pick);
    }
  }
  return [...chosen].toSorted().flatMap((name) => index.packages.get(name)?.file ?? []);
}

function candidatesFor(index: PackageIndex, name: string): string[] {
  const providers = (index.providers.get(name) ?? []).toSorted();
  return index.packages.has(name) ? [name, ...providers] : providers;
}
