import type { Authority, Contract } from "./authority.ts";
import { type Judgement, undecided } from "./verdict.ts";

/** What each contract of an authority says of one path. */
export type JudgementOf = (contract: Contract) => Judgement;

/**
 * What an authority says of a path. A threshold accepts the one hash that so many of its parts accept.
 */
export function judgeAuthority(authority: Authority, judgementOf: JudgementOf): Judgement {
  if (authority.kind !== "threshold") {
    return judgementOf(authority);
  }
  const parts = authority.of.map((part) => judgeAuthority(part, judgementOf));
  const accepted = parts.flatMap(({ narHash }) => narHash ?? []);
  const hashes = [...new Set(accepted)];
  const enough = hashes.filter(
    (hash) => accepted.filter((other) => other === hash).length >= authority.threshold,
  );
  if (enough.length === 1) {
    return { verdict: "accepted", narHash: enough[0]! };
  }
  if (hashes.length > 1 || parts.some(({ verdict }) => verdict === "conflict")) {
    return undecided("conflict");
  }
  return undecided(parts.every(({ verdict }) => verdict === "notRecorded") ? "notRecorded" : "tooFew");
}
