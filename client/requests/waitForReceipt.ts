import {
  type Address,
  type Client,
  type Hex,
  keccak256,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { getTransactionCount, getTransactionReceipt } from "viem/actions";
import { sleep } from "../sleep.ts";

/** A transaction as it was signed. */
export interface SentTransaction {
  nonce: number;
  raw: Hex;
}

/** Waits until a transaction is mined; `undefined` when another one of the same nonce was. */
export async function waitForReceipt(
  client: Client,
  sender: Address,
  transaction: SentTransaction,
  signal: AbortSignal | undefined,
): Promise<TransactionReceipt | undefined> {
  for (;;) {
    const receipt = await receiptOf(client, transaction);
    if (receipt) {
      return receipt;
    }
    if (await isReplaced(client, sender, transaction)) {
      return undefined;
    }
    await sleep(client.pollingInterval, signal);
  }
}

export async function receiptOf(
  client: Client,
  { raw }: SentTransaction,
): Promise<TransactionReceipt | undefined> {
  return getTransactionReceipt(client, { hash: keccak256(raw) }).catch((error: unknown) => {
    if (error instanceof TransactionReceiptNotFoundError) {
      return undefined;
    }
    throw error;
  });
}

/** Whether another transaction of the same nonce was mined. */
export async function isReplaced(
  client: Client,
  sender: Address,
  transaction: SentTransaction,
): Promise<boolean> {
  const count = await getTransactionCount(client, { address: sender, blockTag: "latest" });
  return count > transaction.nonce && (await receiptOf(client, transaction)) === undefined;
}
