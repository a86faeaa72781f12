import type { Hash } from "viem";
import type { WrongClaim } from "../store/claimsTable.ts";

/** What has become of a wrong claim. It is gone when it died, another was accepted, or the chain was reorganised. */
export type AlarmEvent = "wrong-claim" | "wrong-claim-accepted" | "wrong-claim-gone";

export interface ClaimAlarm {
  event: AlarmEvent;
  claim: WrongClaim;
}

/** Names a claim by what it says. */
export function keyOf({ epoch, claimId, claimed }: WrongClaim): string {
  return claimId ?? `${epoch} ${claimed}`;
}

/** What has changed between two looks at the wrong claims. */
export function alarmsBetween(before: readonly WrongClaim[], now: readonly WrongClaim[]): ClaimAlarm[] {
  const known = new Map(before.map((claim) => [keyOf(claim), claim]));
  const remaining = new Set(now.map(keyOf));
  const changed = new Map(
    now
      .filter((claim) => known.get(keyOf(claim))?.isAccepted !== claim.isAccepted)
      .map((claim) => [keyOf(claim), claim]),
  );
  return [
    ...[...changed.values()].map((claim): ClaimAlarm => ({ event: eventOf(claim), claim })),
    ...[...known]
      .filter(([key]) => !remaining.has(key))
      .map(([, claim]): ClaimAlarm => ({ event: "wrong-claim-gone", claim })),
  ];
}

export function eventOf({ isAccepted }: WrongClaim): AlarmEvent {
  return isAccepted ? "wrong-claim-accepted" : "wrong-claim";
}

/** An alarm as a webhook receives it: nothing that somebody else can choose but addresses and hashes. */
export interface AlarmMessage {
  event: AlarmEvent;
  chainId: string;
  application: Hash;
  consensus: Hash;
  epoch: string;
  claimId: Hash | null;
  submitter: Hash | null;
  claimed: Hash;
  computed: Hash;
  blockNumber: string;
  transactionHash: Hash;
}
