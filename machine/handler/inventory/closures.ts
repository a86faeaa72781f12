import type { PathInfo } from "../nixDaemon/index.ts";
import type { Inventory } from "./inventory.ts";

/** Store paths with everything that they refer to, directly and indirectly, as far as it is in the store. */
export function referenceClosure(paths: Iterable<string>, inventory: Inventory): Set<string> {
  return walk(paths, inventory, (_, { references }) => references);
}

/** As {@link referenceClosure}, with the outputs of every derivation in it: all that a build of these paths may need. */
export function buildClosure(paths: Iterable<string>, inventory: Inventory): Set<string> {
  return walk(paths, inventory, (path, { references }) => {
    const outputs = inventory.derivationAt(path)?.derivation.outputs ?? [];
    return [...references, ...outputs.map((output) => output.path)];
  });
}

function walk(
  paths: Iterable<string>,
  inventory: Inventory,
  neighbours: (path: string, info: PathInfo) => readonly string[],
): Set<string> {
  const closure = new Set<string>();
  const stack = [...paths];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    const info = inventory.infoOf(path);
    if (!info || closure.has(path)) {
      continue;
    }
    closure.add(path);
    stack.push(...neighbours(path, info));
  }
  return closure;
}
