import type { PinnedFile } from "../lock.ts";
import { DebianError } from "../packagesErrors.ts";
import type { PackageIndex } from "./packageIndex.ts";

/** Which packages are asked for, and which of their dependencies to leave out on purpose. */
export interface Wish {
  readonly packages: readonly string[];
  /** Packages that dependencies ask for but that are not wanted (with all that only they need). */
  readonly without?: readonly string[];
}

/**
 * The packages asked for and all that they depend on, sorted by name.
 *
 * Of alternatives, one that is already chosen is taken, else the first that exists; a virtual package is served by a
 * provider that is already chosen, else by the first in alphabetical order. Recommends are left out.
 * Throws {@link DebianError} when something is not in the index.
 */
export function resolveClosure(index: PackageIndex, wish: Wish): PinnedFile[] {
  const unwanted = new Set(wish.without ?? []);
  const chosen = new Set<string>(wish.packages);
  const queue = [...wish.packages];
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
        throw new DebianError(`${name} depends on ${alternatives.join(" | ")}: not in the index`);
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
