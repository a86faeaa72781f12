import type { Address, Hex } from "viem";
import { DeploymentError } from "./deploymentError.ts";

/** An EIP-1193 provider of a chain that signs for its own accounts, as a local one or Hardhat's connection to any other does. */
export interface Chain {
  // biome-ignore lint/suspicious/noExplicitAny: so that the providers of viem and of Hardhat both fit, as EIP-1193 means them to.
  request(request: any): Promise<any>;
}

/** Hardhat's local chain, which may be deployed to without asking. */
export const LOCAL_CHAIN_ID = 31_337;

const MILLISECONDS_BETWEEN_QUESTIONS = 100;
const PATIENCE_MILLISECONDS = 10 * 60_000;

/** The accounts that a chain signs for itself. */
export async function accountsOf(chain: Chain): Promise<Address[]> {
  return (await chain.request({ method: "eth_accounts" })) as Address[];
}

export async function codeAt(chain: Chain, address: Address): Promise<Hex> {
  return (await chain.request({ method: "eth_getCode", params: [address, "latest"] })) as Hex;
}

/**
 * Sends a transaction, or one that is signed already, and waits until it is in a block.
 *
 * @throws DeploymentError when it failed or was not included within ten minutes.
 */
export async function sendTransaction(
  chain: Chain,
  transaction: { from: Address; to: Address; value: Hex } | Hex,
): Promise<void> {
  const method = typeof transaction === "string" ? "eth_sendRawTransaction" : "eth_sendTransaction";
  const hash = await chain.request({ method, params: [transaction] });
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (Date.now() < deadline) {
    const receipt = await chain.request({ method: "eth_getTransactionReceipt", params: [hash] });
    if (receipt?.status === "0x1") {
      return;
    }
    if (receipt) {
      throw new DeploymentError(`the transaction ${hash} failed`);
    }
    await new Promise((resolve) => setTimeout(resolve, MILLISECONDS_BETWEEN_QUESTIONS));
  }
  throw new DeploymentError(`the transaction ${hash} is in no block after ten minutes`);
}
