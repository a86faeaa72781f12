import type { AstNode, Placed } from "../ast.ts";
import { type Edit, replace, textOf } from "./operator.ts";

/** Changes a constant by one: a number up and down, a boolean, the last byte of a text, the limit of a type. */
export function shiftConstant({ node, parents }: Placed, source: Buffer): readonly Edit[] {
  if (node.nodeType === "MemberAccess" && isLimitOfType(node)) {
    const text = textOf(node, source);
    return [replace(node, node.memberName === "max" ? `(${text} - 1)` : `(${text} + 1)`)];
  }
  if (node.nodeType !== "Literal" && node.nodeType !== "YulLiteral") {
    return [];
  }
  if (parents.some(({ nodeType }) => nodeType === "ArrayTypeName")) {
    return [];
  }
  switch (node.kind) {
    case "number":
      return shiftNumber(textOf(node, source)).map((text) => replace(node, text));
    case "bool":
      return [replace(node, node.value === "true" ? "false" : "true")];
    case "string":
    case "hexString":
      return shiftText(String(node.hexValue)).map((text) => replace(node, text));
    default:
      return [];
  }
}

function isLimitOfType({ memberName, expression }: AstNode): boolean {
  const callee = (expression as AstNode).expression as AstNode | undefined;
  return (memberName === "max" || memberName === "min") && callee?.name === "type";
}

function shiftNumber(text: string): string[] {
  const [, digits, unit = ""] = /^(0x[0-9a-fA-F_]+|[0-9_]+)(\s+\w+)?$/.exec(text) ?? [];
  if (digits === undefined) {
    return [];
  }
  const value = BigInt(digits.replaceAll("_", ""));
  const isHex = digits.startsWith("0x");
  const width = digits.replaceAll("_", "").length - 2;
  const format = (number: bigint) =>
    `${isHex ? `0x${number.toString(16).padStart(width, "0")}` : number}${unit}`;
  return value === 0n ? [format(1n)] : [format(value + 1n), format(value - 1n)];
}

function shiftText(hexValue: string): string[] {
  if (hexValue === "") {
    return [];
  }
  const bytes = Buffer.from(hexValue, "hex");
  bytes[bytes.length - 1]! ^= 1;
  return [`hex"${bytes.toString("hex")}"`];
}
