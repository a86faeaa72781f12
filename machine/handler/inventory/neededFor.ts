import type { Inventory } from "./inventory.ts";

/**
 * What the store has of these paths, of all that they refer to, and of the outputs of every derivation among them: what a
 * build of them may need.
 */
export function neededFor(paths: Iterable<string>, inventory: Inventory): Set<string> {
  const needed = new Set<string>();
  const stack = [...paths];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    const info = inventory.infoOf(path);
    if (!info || needed.has(path)) {
      continue;
    }
    needed.add(path);
    stack.push(...info.references);
    for (const output of inventory.derivationAt(path)?.derivation.outputs ?? []) {
      stack.push(output.path);
    }
  }
  return needed;
}
