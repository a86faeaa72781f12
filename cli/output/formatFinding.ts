import type { Finding } from "../../client/index.ts";
import type { Status } from "../../trust/index.ts";
import { formatSaid, VERDICT_TEXTS } from "./findingTexts.ts";

/** A finding for people: its status, its accepted hash, and who says what. */
export function formatFinding(finding: Finding & { status: Status }): string {
  return [`${finding.status}  ${finding.storePath}`, ...formatJudgement(finding)].join("\n");
}

/** The lines below what was asked for. */
export function formatJudgement({
  verdict,
  narHash,
  said,
}: Pick<Finding, "verdict" | "narHash" | "said">): string[] {
  const lines = [
    ...(narHash === null ? [] : [narHash]),
    ...(said.length > 1 ? [VERDICT_TEXTS[verdict]] : []),
    ...formatSaid(said, narHash),
  ];
  return lines.map((line) => `  ${line}`);
}
