import { type AstNode, type Placed, rangeOf } from "../ast.ts";

/** A replacement of a part of a source, in bytes. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lists the edits that a kind of mutation makes at a node; none where it does not apply. */
export type Operator = (placed: Placed, source: Buffer) => readonly Edit[];

export function textOf(node: AstNode, source: Buffer): string {
  const { start, end } = rangeOf(node);
  return source.toString("utf8", start, end);
}

export function replace(node: AstNode, text: string): Edit {
  return { ...rangeOf(node), text };
}
