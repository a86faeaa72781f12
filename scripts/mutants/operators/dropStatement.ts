import { type AstNode, type Placed, rangeOf } from "../ast.ts";
import { type Edit, replace } from "./operator.ts";

/** What leaves a function or a turn of a loop. */
const LEAVING = new Set(["Return", "RevertStatement", "Continue", "Break", "Throw"]);

const DROPPED = new Set([
  ...LEAVING,
  "ExpressionStatement",
  "EmitStatement",
  "YulExpressionStatement",
  "YulAssignment",
]);

/** Drops a check (an `if` that leaves, a `require`, a modifier), a write, a call, an event, or a result. */
export function dropStatement(placed: Placed, source: Buffer): readonly Edit[] {
  const { node } = placed;
  if (node.nodeType === "ModifierInvocation" && node.kind !== "baseConstructorSpecifier") {
    return [replace(node, "")];
  }
  if (node.nodeType === "IfStatement" && !node.falseBody) {
    return [replaceStatement(node, source)];
  }
  return DROPPED.has(node.nodeType) && !isDroppedWithParent(placed) ? [replaceStatement(node, source)] : [];
}

/** Replaces a statement with an empty block. solc does not count its semicolon, which may not stand alone. */
function replaceStatement(node: AstNode, source: Buffer): Edit {
  const { start, end } = rangeOf(node);
  const [semicolon = ""] = /^\s*;/.exec(source.toString("latin1", end, end + 100)) ?? [];
  return { start, end: end + semicolon.length, text: "{}" };
}

/** Forces an `if` or a conditional expression to go one way, where dropping it is not the same. */
export function forceCondition({ node }: Placed): readonly Edit[] {
  if (node.nodeType !== "IfStatement" && node.nodeType !== "Conditional") {
    return [];
  }
  const condition = node.condition as AstNode;
  const always = replace(condition, "true");
  const never = replace(condition, "false");
  if (node.nodeType === "IfStatement" && !node.falseBody) {
    return alwaysLeaves(node.trueBody as AstNode) ? [] : [always];
  }
  return [always, never];
}

/** Whether a statement is all that an `if` without `else` does, or advances a loop, which would never end. */
function isDroppedWithParent({ node, parents }: Placed): boolean {
  const [outer, parent] = parents.slice(-2);
  if (parent?.nodeType === "ForStatement") {
    return parent.loopExpression === node;
  }
  if (parent?.nodeType === "Block" && (parent.statements as AstNode[]).length === 1) {
    return isBodyOf(parent, outer);
  }
  return isBodyOf(node, parent);
}

function isBodyOf(node: AstNode, parent: AstNode | undefined): boolean {
  return parent?.nodeType === "IfStatement" && parent.trueBody === node && !parent.falseBody;
}

function alwaysLeaves(body: AstNode): boolean {
  const last = body.nodeType === "Block" ? (body.statements as AstNode[]).at(-1) : body;
  return last !== undefined && LEAVING.has(last.nodeType);
}
