/** A node of solc's syntax tree, of Solidity or of Yul. */
export interface AstNode {
  readonly nodeType: string;
  /** `start:length:file`, in bytes. */
  readonly src: string;
  readonly [field: string]: unknown;
}

/** A node with those that contain it, outermost first. */
export interface Placed {
  readonly node: AstNode;
  readonly parents: readonly AstNode[];
}

/** Where a node's text begins and ends in its file, in bytes. */
export function rangeOf(node: AstNode): { start: number; end: number } {
  const [start, length] = node.src.split(":").map(Number) as [number, number];
  return { start, end: start + length };
}

/** All nodes below a value, outer ones first. */
export function* nodesBelow(value: unknown, parents: readonly AstNode[] = []): Generator<Placed> {
  if (typeof value !== "object" || value === null) {
    return;
  }
  if (!isNode(value)) {
    for (const inner of Object.values(value)) {
      yield* nodesBelow(inner, parents);
    }
    return;
  }
  yield { node: value, parents };
  for (const inner of Object.values(value)) {
    yield* nodesBelow(inner, [...parents, value]);
  }
}

function isNode(value: object): value is AstNode {
  return "nodeType" in value && "src" in value;
}
