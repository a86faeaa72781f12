import type { Answer } from "../lookUpSubjects.ts";
import { formatSaid, VERDICT_TEXTS } from "./findingTexts.ts";

/** An answer for people: its status, its accepted hash, and who says what. */
export function formatAnswer(answer: Answer): string {
  const { status, narHash, verdict, said } = answer;
  const lines = [`${status}  ${nameOf(answer)}`];
  if (answer.kind === "derivation" && answer.pathKey !== null) {
    lines.push(`  ${answer.storePath ?? `the path whose keccak256 is ${answer.pathKey}`}`);
  }
  if (narHash !== null) {
    lines.push(`  ${narHash}`);
  }
  if (answer.kind === "nothing") {
    lines.push("  not recorded by whom you believe, says the indexer");
  }
  if (said.length > 1) {
    lines.push(`  ${VERDICT_TEXTS[verdict]}`);
  }
  return [...lines, ...formatSaid(said, narHash).map((line) => `  ${line}`)].join("\n");
}

function nameOf(answer: Answer): string {
  switch (answer.kind) {
    case "path":
      return answer.storePath === answer.asked ? answer.asked : `${answer.storePath} (${answer.asked})`;
    case "derivation":
      return `${answer.drvPath}!${answer.outputName}`;
    case "nothing":
      return answer.asked;
    default:
      return answer satisfies never;
  }
}
