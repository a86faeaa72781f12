import { trackTransaction, wipe } from "@nomicfoundation/ignition-core";
import type { Address } from "viem";
import type { Chain } from "./chain.ts";
import { NO_ARTIFACTS } from "./noArtifacts.ts";
import { nonceOf, transactionWithNonce } from "./searchBlocks.ts";

/** A transaction that Ignition was about to send when it was stopped. */
export interface LostTransaction {
  futureId: string;
  sender: Address;
  nonce: number;
}

/**
 * Tells a journal what became of a lost transaction: that it was mined, or that it was never sent.
 *
 * @returns Whether that is known yet: it is not while the transaction waits to be mined.
 * @throws {DeploymentError} when the endpoint cannot find it.
 */
export async function settleLostTransaction(
  chain: Chain,
  journal: string,
  { futureId, sender, nonce }: LostTransaction,
): Promise<boolean> {
  if ((await nonceOf(chain, sender, "pending")) <= nonce) {
    await wipe(journal, NO_ARTIFACTS, futureId);
    return true;
  }
  if ((await nonceOf(chain, sender, "latest")) <= nonce) {
    return false;
  }
  await trackTransaction(journal, await transactionWithNonce(chain, sender, nonce), chain, 1);
  return true;
}
