import type { ClaimerContext } from "./claimerContext.ts";
import { executeNextOutput } from "./executeOutputs.ts";
import { playDisputes } from "./playDisputes.ts";
import { submitNextClaim } from "./submitClaims.ts";

/**
 * Sends what is due, one transaction at a time while the chain mines them at once: first the claims, or
 * what is due in disputes, then, with `execute`, the vouchers. The rest is left for the next call.
 */
export async function sendDueTransactions(
  context: ClaimerContext,
  { execute, signal }: { execute: boolean; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted && (await context.sender.resolvePending())) {
    const sent =
      (context.application.terms === undefined
        ? await submitNextClaim(context)
        : await playDisputes(context, signal)) ||
      (execute && (await executeNextOutput(context)));
    if (!sent) {
      return;
    }
  }
}
