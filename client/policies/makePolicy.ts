import { type Account, type Address, type Client, type Hash, keccak256, type LocalAccount } from "viem";
import {
  estimateFeesPerGas,
  estimateGas,
  getTransactionCount,
  prepareTransactionRequest,
  sendRawTransaction,
} from "viem/actions";
import { explainChainError } from "../chain/index.ts";
import type { Cost } from "../requests/estimateCost.ts";
import { waitForReceipt } from "../requests/waitForReceipt.ts";
import { PolicyRefusedError } from "./policyErrors.ts";
import type { PreparedPolicy } from "./preparePolicy.ts";

/** How a policy was made. */
export interface MadePolicy {
  transactionHash: Hash;
  blockNumber: bigint;
  gasUsed: bigint;
}

export interface MakePolicyParameters {
  account: LocalAccount;
  policy: PreparedPolicy;
  /** The most that it may cost. */
  cost: Cost;
  signal?: AbortSignal | undefined;
}

/**
 * Estimates what making a policy costs, at the fees of this moment and with a tenth more gas than it takes now.
 *
 * @throws {ChainUnreachableError} when the endpoint does not answer.
 */
export async function estimatePolicy(
  client: Client,
  { account, policy }: { account: Account | Address; policy: PreparedPolicy },
): Promise<Cost> {
  const { factory: to, data } = policy;
  const [estimate, { maxFeePerGas }] = await Promise.all([
    estimateGas(client, { account, to, data }),
    estimateFeesPerGas(client),
  ]).catch(explainChainError);
  const gas = (estimate * 11n) / 10n;
  return { gas, maxFeePerGas, wei: gas * maxFeePerGas };
}

/**
 * Sends what makes a policy, and waits until it is mined.
 *
 * @throws {PolicyRefusedError} when the sender has other transactions on their way, or the transaction reverts.
 * @throws {ChainUnreachableError} when the endpoint does not answer or refuses the transaction.
 */
export async function makePolicy(client: Client, parameters: MakePolicyParameters): Promise<MadePolicy> {
  return send(client, parameters).catch(explainChainError);
}

async function send(
  client: Client,
  { account, policy, cost, signal }: MakePolicyParameters,
): Promise<MadePolicy> {
  const { address } = account;
  const [nonce, next] = await Promise.all([
    getTransactionCount(client, { address, blockTag: "latest" }),
    getTransactionCount(client, { address, blockTag: "pending" }),
  ]);
  if (next > nonce) {
    // one of them may be that of an interrupted run
    throw new PolicyRefusedError(`${address} has transactions that are not mined yet`, {
      remedy: "wait until they are, and run the same again: a policy is paid for once",
    });
  }
  const request = await prepareTransactionRequest(client, {
    ...{ account, chain: null, nonce, to: policy.factory, data: policy.data },
    ...{ gas: cost.gas, maxFeePerGas: cost.maxFeePerGas },
  });
  const raw = await account.signTransaction(request as Parameters<LocalAccount["signTransaction"]>[0]);
  signal?.throwIfAborted();
  await sendRawTransaction(client, { serializedTransaction: raw });
  const receipt = await waitForReceipt(client, { sender: address, attempts: [{ nonce, raw }], signal });
  if (receipt?.status !== "success") {
    throw new PolicyRefusedError(`the transaction ${keccak256(raw)} made no policy`, {
      details: receipt ? "it reverted" : "another one of the sender took its place",
      remedy: "run the same again",
    });
  }
  const { transactionHash, blockNumber, gasUsed } = receipt;
  return { transactionHash, blockNumber, gasUsed };
}
