import type { Address, PublicClient } from "viem";
import { GuardFundsError } from "./guardErrors.ts";

/** What a side may need for a whole game, a response to an input of 64 KiB included. */
const GAME_GAS = 4_000_000n;

/**
 * Makes sure early that the guard could claim, and challenge somebody else's claim.
 *
 * @throws {GuardFundsError} when it could not.
 */
export async function expectFunds(client: PublicClient, address: Address, bond: bigint): Promise<void> {
  const needed = 2n * bond + (await gasReserve(client));
  const balance = await client.getBalance({ address });
  if (balance < needed) {
    throw new GuardFundsError(address, { balance, needed });
  }
}

/** Whether an account can deposit so much and still pay for a game's moves. */
export async function canDeposit(client: PublicClient, address: Address, value: bigint): Promise<boolean> {
  return (await client.getBalance({ address })) >= value + (await gasReserve(client));
}

async function gasReserve(client: PublicClient): Promise<bigint> {
  return GAME_GAS * (await client.getGasPrice());
}
