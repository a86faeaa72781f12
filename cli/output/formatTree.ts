import { STATUSES, type Status, worstStatus } from "../../trust/index.ts";

/** A path in a tree of references. */
export interface TreeNode {
  readonly storePath: string;
  readonly references: readonly string[];
  readonly status: Status;
  /** What is said of it behind its name. */
  readonly label: string;
}

/**
 * Paths and what they refer to as a tree, the worst first. Each path occurs once, where it is nearest to a root, so that no tree is
 * longer than its number of paths.
 */
export function formatTree(roots: readonly string[], nodes: readonly TreeNode[]): string {
  const byPath = new Map(nodes.map((node) => [node.storePath, node]));
  const children = nearestParents(roots, byPath);
  const worst = worstBelow(byPath, children);
  const inOrder = (paths: readonly string[]) =>
    paths.toSorted((a, b) => rank(worst.get(a)!) - rank(worst.get(b)!) || (a < b ? -1 : 1));
  const lines: string[] = [];
  const waiting = inOrder(roots)
    .reverse()
    .map((path) => ({ path, first: "", rest: "" }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, first, rest } = next;
    lines.push(`${first}${path}  ${byPath.get(path)!.label}`);
    const below = inOrder(children.get(path)!);
    for (const [index, child] of [...below.entries()].reverse()) {
      const isLast = index === below.length - 1;
      waiting.push({
        path: child,
        first: `${rest}${isLast ? "└── " : "├── "}`,
        rest: `${rest}${isLast ? "    " : "│   "}`,
      });
    }
  }
  return lines.join("\n");
}

function rank(status: Status): number {
  return STATUSES.indexOf(status);
}

/** Breadth first: each path becomes a child of the first one that refers to it. */
function nearestParents(
  roots: readonly string[],
  nodes: ReadonlyMap<string, TreeNode>,
): Map<string, string[]> {
  const children = new Map<string, string[]>(roots.map((root) => [root, []]));
  for (const [path, below] of children) {
    for (const reference of nodes.get(path)!.references) {
      if (!children.has(reference) && nodes.has(reference)) {
        children.set(reference, []);
        below.push(reference);
      }
    }
  }
  return children;
}

/** The worst status of each path and what is below it. */
function worstBelow(
  nodes: ReadonlyMap<string, TreeNode>,
  children: ReadonlyMap<string, readonly string[]>,
): Map<string, Status> {
  const found = new Map<string, Status>();
  // a child comes after its parent in the map, so that this order meets children first
  for (const [path, below] of [...children].reverse()) {
    found.set(path, worstStatus([nodes.get(path)!.status, ...below.map((child) => found.get(child)!)]));
  }
  return found;
}
