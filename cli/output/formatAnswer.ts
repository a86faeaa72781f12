import type { Answer } from "../lookUpSubjects.ts";
import { formatFinding, formatJudgement } from "./formatFinding.ts";

/** An answer for people: how it stands, its accepted hash, and who says what. */
export function formatAnswer(answer: Answer): string {
  const { asked, status } = answer;
  switch (answer.kind) {
    case "path":
      return formatFinding(answer);
    case "derivation": {
      const { drvPath, outputName, pathKey, storePath } = answer;
      const path = pathKey && `  ${storePath ?? `the path whose keccak256 is ${pathKey}`}`;
      return [
        `${status}  ${drvPath}!${outputName}`,
        ...(path ? [path] : []),
        ...formatJudgement(answer),
      ].join("\n");
    }
    case "nothing":
      return `${status}  ${asked}\n  not recorded by whom you believe, says the indexer`;
    default:
      return answer satisfies never;
  }
}
