import { type AstNode, nodesBelow } from "./ast.ts";
import { type Edit, OPERATORS, type OperatorName } from "./operators/index.ts";

/** A changed source of a contract. */
export interface Mutant {
  /** The file's path in the repository. */
  readonly file: string;
  readonly line: number;
  readonly operator: OperatorName;
  /** The changed lines before and after, without indentation and line breaks. Reasons are bound to them. */
  readonly original: string;
  readonly mutated: string;
  /** The whole changed source. */
  readonly source: string;
}

/**
 * Makes all mutants of a file.
 *
 * @param ast the file's syntax tree, with types.
 * @param text the file's content, from which the tree was made.
 */
export function generateMutants(file: string, text: string, ast: AstNode): Mutant[] {
  const source = Buffer.from(text);
  const mutants = new Map<string, Mutant>();
  for (const placed of nodesBelow(ast)) {
    for (const [name, operator] of Object.entries(OPERATORS)) {
      for (const edit of operator(placed, source)) {
        const mutant = applyEdit(file, source, name as OperatorName, edit);
        mutants.set(mutant.source, mutants.get(mutant.source) ?? mutant);
      }
    }
  }
  return [...mutants.values()].sort((a, b) => a.line - b.line);
}

function applyEdit(file: string, source: Buffer, operator: OperatorName, { start, end, text }: Edit): Mutant {
  const lineStart = source.lastIndexOf("\n", start - 1) + 1;
  const newLine = source.indexOf("\n", end);
  const lineEnd = newLine === -1 ? source.length : newLine;
  const part = (from: number, to: number) => source.toString("utf8", from, to);
  return {
    file,
    line: part(0, start).split("\n").length,
    operator,
    original: onOneLine(part(lineStart, lineEnd)),
    mutated: onOneLine(`${part(lineStart, start)}${text}${part(end, lineEnd)}`),
    source: `${part(0, start)}${text}${part(end, source.length)}`,
  };
}

function onOneLine(lines: string): string {
  return lines.replace(/\s+/g, " ").trim();
}
