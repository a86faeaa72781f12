import { type AstNode, type Placed, rangeOf } from "../ast.ts";
import { type Edit, textOf } from "./operator.ts";

/** Swaps two values of one type among the arguments of a call, event or error, or in a tuple. */
export function swapArguments({ node }: Placed, source: Buffer): readonly Edit[] {
  const values = valuesOf(node);
  return values.flatMap((first, index) =>
    values
      .slice(index + 1)
      .filter((second) => typeOf(first) === typeOf(second))
      .filter((second) => textOf(first, source) !== textOf(second, source))
      .map((second) => swap(first, second, source)),
  );
}

function valuesOf(node: AstNode): AstNode[] {
  const field =
    node.nodeType === "FunctionCall" ? "arguments" : node.nodeType === "TupleExpression" ? "components" : "";
  return ((node[field] ?? []) as (AstNode | null)[]).filter((value) => value !== null);
}

/** A value's type, without where it lies and without the width of a number. */
function typeOf(value: AstNode): string {
  const { typeIdentifier } = value.typeDescriptions as { typeIdentifier: string };
  return typeIdentifier
    .replace(/_(memory|calldata|storage)(_ptr|_slice)*/g, "")
    .replace(/^t_(u?int\d+|rational_.*)$/, "number")
    .replace(/^t_stringliteral_.*$/, "t_string");
}

function swap(first: AstNode, second: AstNode, source: Buffer): Edit {
  const { start, end } = { start: rangeOf(first).start, end: rangeOf(second).end };
  const between = source.toString("utf8", rangeOf(first).end, rangeOf(second).start);
  return { start, end, text: `${textOf(second, source)}${between}${textOf(first, source)}` };
}
