import type { Log } from "../log/log.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { compareClaims, type WrongClaim, wrongClaims } from "../store/claimsTable.ts";
import type { Store } from "../store/openStore.ts";
import { type AlarmEvent, type AlarmMessage, alarmsBetween } from "./claimAlarm.ts";
import { WrongClaimError } from "./watchErrors.ts";
import type { Webhook } from "./webhook.ts";

/** Compares what others claim with what this node's machine computed. */
export interface Watch {
  /**
   * Raises the alarm about claims that are wrong now and were not at the last look, and says which are gone.
   *
   * @throws {WrongClaimError} if the watch ends with the first of them.
   */
  look(): Promise<void>;
}

export interface WatchOptions {
  store: Store;
  application: ApplicationInfo;
  webhook: Webhook | undefined;
  /** End with the first wrong claim. */
  endsWithAlarm: boolean;
  log: Log;
}

const MESSAGES = {
  "wrong-claim": "a claim is wrong",
  "wrong-claim-accepted": "a wrong claim was accepted",
  "wrong-claim-gone": "a wrong claim is gone",
} as const satisfies Record<AlarmEvent, string>;

export function createWatch({ store, application, webhook, endsWithAlarm, log }: WatchOptions): Watch {
  let before: WrongClaim[] = [];
  return {
    async look() {
      compareClaims(store);
      const now = wrongClaims(store);
      for (const { event, claim } of alarmsBetween(before, now)) {
        const { isAccepted: _, ...fields } = claim;
        log[event === "wrong-claim-gone" ? "info" : "error"](fields, MESSAGES[event]);
        webhook?.send(toMessage(event, claim, application));
      }
      before = now;
      const worst = now.find(({ isAccepted }) => isAccepted) ?? now[0];
      if (endsWithAlarm && worst !== undefined) {
        await webhook?.settle();
        throw new WrongClaimError(worst);
      }
    },
  };
}

function toMessage(
  event: AlarmEvent,
  claim: WrongClaim,
  { chainId, address, consensus }: ApplicationInfo,
): AlarmMessage {
  return {
    event,
    chainId: String(chainId),
    application: address,
    consensus,
    epoch: String(claim.epoch),
    claimId: claim.claimId ?? null,
    submitter: claim.submitter ?? null,
    claimed: claim.claimed,
    computed: claim.computed,
    blockNumber: String(claim.blockNumber),
    transactionHash: claim.transactionHash,
  };
}
