import type { Verdict } from "./verdict.ts";

/**
 * How something that was asked for stands, the worst first:
 * - `differs`: an authority accepts a hash, and what is at hand has another;
 * - `policyNotMet`: it is recorded, but by too few, or in conflict;
 * - `unknown`: nobody recorded it;
 * - `pending`: it was requested, built or claimed, and is not recorded yet;
 * - `accepted`.
 */
export const STATUSES = ["differs", "policyNotMet", "unknown", "pending", "accepted"] as const;

export type Status = (typeof STATUSES)[number];

const STATUS_OF_VERDICT = {
  accepted: "accepted",
  notRecorded: "unknown",
  tooFew: "policyNotMet",
  conflict: "policyNotMet",
} as const satisfies Record<Verdict, Status>;

/** The status of something whose own hash is not known, or was not compared. */
export function statusOfVerdict(verdict: Verdict): Status {
  return STATUS_OF_VERDICT[verdict];
}

/** The status of several things together: that of the one which stands worst. */
export function worstStatus(statuses: Iterable<Status>): Status {
  const all = new Set(statuses);
  return STATUSES.find((status) => all.has(status)) ?? "accepted";
}
