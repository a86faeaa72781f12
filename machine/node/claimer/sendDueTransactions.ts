import type { ClaimerContext } from "./claimerContext.ts";
import { executeNextOutput } from "./executeOutputs.ts";
import { submitNextClaim } from "./submitClaims.ts";

/**
 * Sends what is due, one transaction after the other as long as the chain takes them at once: first the claims, then,
 * when `execute` is set, the vouchers. What the chain is slow with is left for the next time.
 */
export async function settle(
  context: ClaimerContext,
  { execute, signal }: { execute: boolean; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted && (await context.sender.settle())) {
    const sent = (await submitNextClaim(context)) || (execute && (await executeNextOutput(context)));
    if (!sent) {
      return;
    }
  }
}
