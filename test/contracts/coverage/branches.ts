import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { addStatementCoverageInstrumentation, latestSupportedSolidityVersion } from "@nomicfoundation/edr";

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

/** One outcome of an `if`. */
export interface Branch {
  file: string;
  line: number;
  outcome: "true" | "false";
  /** Whether a call took it, from the statements that the call executed. */
  isTakenBy(executed: ReadonlySet<string>): boolean;
}

interface Node {
  nodeType?: string;
  src?: string;
  trueBody?: Node;
  falseBody?: Node;
  statements?: Node[];
}

/** All outcomes of all `if`s of a Solidity file. EDR counts only statements; which way an `if` went follows from them. */
export function branchesOf(file: string): Branch[] {
  const source = readFileSync(file, "utf8");
  const tags = statementTags(source, file);
  const tagOf = (node: Node) => tags.get(startOf(node))!;
  return ifStatements(syntaxTree(source)).flatMap(({ node, next }) => {
    const [condition, whenTrue] = [tagOf(node), tagOf(node.trueBody!)];
    const whenFalse = node.falseBody ?? (alwaysLeaves(node.trueBody!) ? next : undefined);
    const falseTag = whenFalse && tagOf(whenFalse);
    const line = source.slice(0, startOf(node)).split("\n").length;
    return [
      { file, line, outcome: "true", isTakenBy: (executed) => executed.has(whenTrue) },
      {
        file,
        line,
        outcome: "false",
        isTakenBy: (executed) =>
          (falseTag !== undefined && executed.has(falseTag)) ||
          (executed.has(condition) && !executed.has(whenTrue) && !node.falseBody),
      },
    ] satisfies Branch[];
  });
}

/** The tags of Hardhat's coverage for statements, by the positions where they start. */
function statementTags(source: string, file: string): Map<number, string> {
  const { metadata } = addStatementCoverageInstrumentation(
    source,
    `project/${file}`,
    latestSupportedSolidityVersion(),
  );
  const tags = metadata.map(({ tag, startUtf16 }) => {
    const [space] = /^(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*/.exec(source.slice(startUtf16))!;
    return [startUtf16 + space.length, Buffer.from(tag).toString("hex")] as const;
  });
  return new Map(tags);
}

function syntaxTree(content: string): Node {
  const input = {
    language: "Solidity",
    sources: { file: { content } },
    settings: { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as { sources: { file: { ast: Node } } };
  return output.sources.file.ast;
}

/** Every `if`, with the statement that follows it in its block. */
function ifStatements(node: unknown, next?: Node): { node: Node; next: Node | undefined }[] {
  if (typeof node !== "object" || node === null) {
    return [];
  }
  const inner = Array.isArray(node)
    ? node.flatMap((item, index) => ifStatements(item, node[index + 1]))
    : Object.values(node).flatMap((value) => ifStatements(value));
  return (node as Node).nodeType === "IfStatement" ? [{ node: node as Node, next }, ...inner] : inner;
}

/** Whether a statement ends the execution of its block. */
function alwaysLeaves(node: Node): boolean {
  if (node.nodeType === "Block") {
    return alwaysLeaves(node.statements!.at(-1)!);
  }
  return ["Return", "RevertStatement", "Continue", "Break"].includes(node.nodeType!);
}

function startOf(node: Node): number {
  return Number(node.src!.split(":")[0]);
}
