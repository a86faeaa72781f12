import { type AstNode, type Placed, rangeOf } from "../ast.ts";
import type { Edit } from "./operator.ts";

/** Comparisons move by one or turn round. */
const TURNED: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "==": "!=",
  "!=": "==",
  "&&": "||",
  "||": "&&",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "/",
  "&": "|",
  "|": "&",
  "^": "|",
  "<<": ">>",
  ">>": "<<",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
  "%=": "/=",
  "&=": "|=",
  "|=": "&=",
  "^=": "|=",
  "<<=": ">>=",
  ">>=": "<<=",
};

/** Turns an operator between two operands into another one. */
export function turnOperator({ node }: Placed, source: Buffer): readonly Edit[] {
  const [left, right] =
    node.nodeType === "BinaryOperation"
      ? [node.leftExpression, node.rightExpression]
      : node.nodeType === "Assignment"
        ? [node.leftHandSide, node.rightHandSide]
        : [];
  const turned = TURNED[String(node.operator)];
  if (!left || !right || turned === undefined) {
    return [];
  }
  const operator = String(node.operator);
  const gap = { start: rangeOf(left as AstNode).end, end: rangeOf(right as AstNode).start };
  const start = gap.start + source.subarray(gap.start, gap.end).indexOf(operator);
  return [{ start, end: start + operator.length, text: turned }];
}

/** Drops a negation, and counts down instead of up. */
export function turnUnary({ node, parents }: Placed, source: Buffer): readonly Edit[] {
  if (node.nodeType !== "UnaryOperation" || parents.at(-2)?.loopExpression === parents.at(-1)) {
    return [];
  }
  const operator = String(node.operator);
  const { start, end } = rangeOf(node);
  if (operator === "++" || operator === "--") {
    const at = node.prefix ? start : end - 2;
    return [{ start: at, end: at + 2, text: operator === "++" ? "--" : "++" }];
  }
  return source.toString("utf8", start, start + 1) === operator && operator !== "delete"
    ? [{ start, end: start + operator.length, text: "" }]
    : [];
}
