import { type Judgement, undecided } from "./verdict.ts";

/** What a policy's terms say of how to count. */
export interface Rule {
  threshold: number;
  contradictions: "refuse" | "any";
}

/** What a member recorded for a path, and whether its votes count. */
export interface MemberVote {
  /** The hash that it recorded first. */
  narHash: string | undefined;
  /** The different ones that it recorded later. */
  otherHashes: readonly string[];
  meetsTerms: boolean;
}

/** As `TrustPolicy.acceptedHashAt` judges the members' votes, which are in the order of the terms. */
export function judge(rule: Rule, votes: readonly MemberVote[]): Judgement {
  if (votes.length === 1) {
    return judgeOne(rule, votes[0]!);
  }
  return rule.contradictions === "any" ? findAny(rule, votes) : elect(rule, votes);
}

/** Whether a policy counts a member's vote on a path. */
export function counts({ contradictions }: Rule, vote: MemberVote): boolean {
  return vote.narHash !== undefined && (contradictions === "any" || !isContested(vote)) && vote.meetsTerms;
}

function judgeOne({ contradictions }: Rule, vote: MemberVote): Judgement {
  if (vote.narHash === undefined) {
    return undecided("notRecorded");
  }
  if (contradictions === "refuse" && isContested(vote)) {
    return undecided("conflict");
  }
  return vote.meetsTerms ? { verdict: "accepted", narHash: vote.narHash } : undecided("tooFew");
}

/** Every recorded hash is as true as the first. */
function findAny({ threshold }: Rule, votes: readonly MemberVote[]): Judgement {
  const firsts = votes.flatMap(({ narHash }) => narHash ?? []);
  const accepted = firsts.find(
    (narHash) => votes.filter((vote) => vote.meetsTerms && hasRecorded(vote, narHash)).length >= threshold,
  );
  if (accepted !== undefined) {
    return { verdict: "accepted", narHash: accepted };
  }
  if (firsts.length === 0) {
    return undecided("notRecorded");
  }
  return undecided(new Set(firsts).size > 1 ? "conflict" : "tooFew");
}

/** The one hash with enough votes, where no member may contradict itself. */
function elect(rule: Rule, votes: readonly MemberVote[]): Judgement {
  const counted = votes.filter((vote) => counts(rule, vote)).map(({ narHash }) => narHash!);
  const hashes = [...new Set(counted)];
  const enough = hashes.filter(
    (narHash) => counted.filter((other) => other === narHash).length >= rule.threshold,
  );
  if (enough.length === 1) {
    return { verdict: "accepted", narHash: enough[0]! };
  }
  if (hashes.length > 1 || votes.some(isContested)) {
    return undecided("conflict");
  }
  return undecided(votes.some(({ narHash }) => narHash !== undefined) ? "tooFew" : "notRecorded");
}

function hasRecorded(vote: MemberVote, narHash: string): boolean {
  return vote.narHash === narHash || vote.otherHashes.includes(narHash);
}

function isContested({ otherHashes }: MemberVote): boolean {
  return otherHashes.length > 0;
}
