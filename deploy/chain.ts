import type { Address, Hex } from "viem";
import { DeploymentError } from "./deploymentError.ts";

/** An EIP-1193 provider of a chain that signs for its own accounts, as a local chain does, or Hardhat's connection to any other. */
export interface Chain {
  // biome-ignore lint/suspicious/noExplicitAny: so that the providers of viem and of Hardhat both fit, as EIP-1193 means them to.
  request(request: any): Promise<any>;
}

/** Hardhat's local chain. */
export const LOCAL_CHAIN_ID = 31_337;

const RECEIPT_POLL_MS = 100;
const RECEIPT_TIMEOUT_MS = 10 * 60_000;

/** The accounts that a chain signs for itself. */
export async function accountsOf(chain: Chain): Promise<Address[]> {
  return (await chain.request({ method: "eth_accounts" })) as Address[];
}

export async function codeAt(chain: Chain, address: Address): Promise<Hex> {
  return (await chain.request({ method: "eth_getCode", params: [address, "latest"] })) as Hex;
}

/**
 * Sends a transaction, signed or not, and waits until it is included in a block.
 *
 * @throws {DeploymentError} when it failed or was not included within ten minutes.
 */
export async function sendTransaction(
  chain: Chain,
  transaction: { from: Address; to: Address; value: Hex } | Hex,
): Promise<void> {
  const method = typeof transaction === "string" ? "eth_sendRawTransaction" : "eth_sendTransaction";
  const hash = await chain.request({ method, params: [transaction] });
  const deadline = Date.now() + RECEIPT_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const receipt = await chain.request({ method: "eth_getTransactionReceipt", params: [hash] });
    if (receipt?.status === "0x1") {
      return;
    }
    if (receipt) {
      throw new DeploymentError(`the transaction ${hash} failed`);
    }
    await new Promise((resolve) => setTimeout(resolve, RECEIPT_POLL_MS));
  }
  throw new DeploymentError(`the transaction ${hash} was not included in a block within ten minutes`);
}
