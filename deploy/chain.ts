import { type Address, getAddress, type Hex, numberToHex } from "viem";
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

/**
 * The first of them, which sends our transactions.
 *
 * @throws {DeploymentError} when there is none.
 */
export async function deployerOf(chain: Chain): Promise<Address> {
  const [deployer] = await accountsOf(chain);
  if (deployer === undefined) {
    throw new DeploymentError("there is no account to deploy from", {
      remedy: "give the network a private key",
      docs: "docs/deployment.md",
    });
  }
  return getAddress(deployer);
}

/** @param block A block number in hex; the latest by default. */
export async function codeAt(chain: Chain, address: Address, block: Hex | "latest" = "latest"): Promise<Hex> {
  return (await chain.request({ method: "eth_getCode", params: [address, block] })) as Hex;
}

/**
 * Sends a transaction, after the chain has simulated it, and waits until it is included in a block.
 *
 * @throws {DeploymentError} when it failed or was not included within ten minutes. The chain's own error when the simulation fails.
 */
export async function sendTransaction(
  chain: Chain,
  transaction: { from: Address; to: Address; data: Hex },
): Promise<void> {
  const estimate = BigInt(await chain.request({ method: "eth_estimateGas", params: [transaction] }));
  // The state can change between estimate and inclusion.
  const gas = numberToHex((estimate * 11n) / 10n);
  const hash = await chain.request({ method: "eth_sendTransaction", params: [{ ...transaction, gas }] });
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
  throw new DeploymentError(`the transaction ${hash} was not included in a block within ten minutes`, {
    remedy: "run the same again once it is",
  });
}
