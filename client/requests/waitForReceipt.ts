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

export interface WaitForReceiptParameters {
  sender: Address;
  /** Transactions of one nonce, of which at most one is mined; more may come while they are waited for. */
  attempts: readonly SentTransaction[];
  /** Is called while none is mined. */
  onWaiting?: () => Promise<void>;
  signal: AbortSignal | undefined;
}

/** Waits until one of the transactions is mined; `undefined` when another one of the same nonce was. */
export async function waitForReceipt(
  client: Client,
  { sender, attempts, onWaiting, signal }: WaitForReceiptParameters,
): Promise<TransactionReceipt | undefined> {
  for (;;) {
    const receipt = await receiptOf(client, attempts);
    if (receipt) {
      return receipt;
    }
    if (await isReplaced(client, sender, attempts)) {
      return undefined;
    }
    await onWaiting?.();
    await sleep(client.pollingInterval, signal);
  }
}

/** The receipt of that transaction which is mined. */
export async function receiptOf(
  client: Client,
  attempts: readonly SentTransaction[],
): Promise<TransactionReceipt | undefined> {
  const receipts = await Promise.all(attempts.map(({ raw }) => receiptOfOne(client, raw)));
  return receipts.find((receipt) => receipt !== undefined);
}

async function receiptOfOne(client: Client, raw: Hex): Promise<TransactionReceipt | undefined> {
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
  attempts: readonly SentTransaction[],
): Promise<boolean> {
  const count = await getTransactionCount(client, { address: sender, blockTag: "latest" });
  return count > attempts[0]!.nonce && (await receiptOf(client, attempts)) === undefined;
}
