import type { Finding } from "../../client/index.ts";
import { formatAuthority, type Status, type Verdict } from "../../trust/index.ts";

const VERDICT_TEXTS = {
  accepted: "accepted",
  notRecorded: "not recorded",
  tooFew: "recorded by too few",
  conflict: "in conflict",
} as const satisfies Record<Verdict, string>;

/** A finding for people: its status, its accepted hash, and who says what. */
export function formatFinding({
  status,
  storePath,
  verdict,
  narHash,
  said,
}: Finding & { status: Status }): string {
  const lines = [`${status}  ${storePath}`];
  if (narHash !== null) {
    lines.push(`  ${narHash}`);
  }
  if (said.length > 1) {
    lines.push(`  ${VERDICT_TEXTS[verdict]}`);
  }
  for (const one of said) {
    lines.push(
      `  ${formatAuthority(one.contract)}: ${VERDICT_TEXTS[one.verdict]}${one.narHash !== null && one.narHash !== narHash ? ` as ${one.narHash}` : ""}`,
    );
  }
  return lines.join("\n");
}
