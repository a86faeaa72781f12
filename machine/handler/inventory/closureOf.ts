import type { Inventory } from "./inventory.ts";

/** Store paths with all that they refer to, and what that refers to, as far as the store has it. */
export function closureOf(paths: Iterable<string>, inventory: Inventory): Set<string> {
  const closure = new Set<string>();
  const stack = [...paths];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    const info = inventory.infoOf(path);
    if (!info || closure.has(path)) {
      continue;
    }
    closure.add(path);
    stack.push(...info.references);
  }
  return closure;
}
