import { type AstNode, nodesBelow, type Placed } from "./ast.ts";
import { type Edit, OPERATORS, type OperatorName } from "./operators/index.ts";

/** A changed source of a contract. */
export interface Mutant {
  /** The file's path in the repository. */
  readonly file: string;
  readonly line: number;
  /** The function that the change is in; empty outside of functions. */
  readonly within: string;
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
        const within = functionOf(placed);
        const mutant = { ...applyEdit(file, source, edit), within, operator: name as OperatorName };
        mutants.set(mutant.source, mutants.get(mutant.source) ?? mutant);
      }
    }
  }
  return [...mutants.values()].sort((a, b) => a.line - b.line);
}

function functionOf({ parents }: Placed): string {
  return String(parents.find(({ nodeType }) => nodeType === "FunctionDefinition")?.name ?? "");
}

function applyEdit(file: string, source: Buffer, { start, end, text }: Edit) {
  const lineStart = source.lastIndexOf("\n", start - 1) + 1;
  const newLine = source.indexOf("\n", end);
  const lineEnd = newLine === -1 ? source.length : newLine;
  const part = (from: number, to: number) => source.toString("utf8", from, to);
  return {
    file,
    line: part(0, start).split("\n").length,
    original: onOneLine(part(lineStart, lineEnd)),
    mutated: onOneLine(`${part(lineStart, start)}${text}${part(end, lineEnd)}`),
    source: `${part(0, start)}${text}${part(end, source.length)}`,
  };
}

function onOneLine(lines: string): string {
  return lines.replace(/\s+/g, " ").trim();
}
