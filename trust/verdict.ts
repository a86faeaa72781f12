/** What an authority says of a store path, in the order of the contract's enum `ITrustPolicy.Verdict`. */
export const VERDICTS = ["accepted", "notRecorded", "tooFew", "conflict"] as const;

export type Verdict = (typeof VERDICTS)[number];

export interface Judgement {
  readonly verdict: Verdict;
  /** The accepted NAR hash, in the form in which the votes have theirs. */
  readonly narHash: string | null;
}

export function undecided(verdict: Exclude<Verdict, "accepted">): Judgement {
  return { verdict, narHash: null };
}
