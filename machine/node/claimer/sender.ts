import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type Hash,
  type Hex,
  keccak256,
  type PrivateKeyAccount,
  type PublicClient,
  parseTransaction,
  TransactionReceiptNotFoundError,
} from "viem";
import { prepareTransactionRequest } from "viem/actions";
import { raiseFees } from "../../../client/fees/index.ts";
import type { Log } from "../log/log.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import type { Store } from "../store/openStore.ts";
import {
  addTransaction,
  pendingTransactions,
  type SignedTransaction,
  setTransactionStatus,
  type TransactionPurpose,
  type TransactionSubject,
} from "../store/transactionsTable.ts";

/** Sends transactions from one account, one at a time, each at most once. */
export interface Sender {
  address: Address;
  /**
   * Checks the outcome of the pending transactions. One that is not mined is sent again unchanged (the network accepts
   * the same signed bytes only once) or, after a while, with the then current fees and the same nonce, so that only one
   * of them can be mined.
   *
   * @returns whether no transaction is pending any more.
   */
  resolvePending(): Promise<boolean>;
  /**
   * Signs a call, records it, and only then sends it.
   *
   * @returns the hash of the transaction, or of the pending one for the same subject if there is one.
   * @throws viem's error when the call would revert.
   */
  send<abi extends Abi, name extends ContractFunctionName<abi, "nonpayable">>(
    purpose: TransactionPurpose,
    subject: TransactionSubject,
    call: Call<abi, name>,
  ): Promise<Hash>;
  /** The same for a call that is encoded already, and may pay. */
  sendEncoded(purpose: TransactionPurpose, subject: TransactionSubject, call: EncodedCall): Promise<Hash>;
}

export interface EncodedCall {
  to: Address;
  data: Hex;
  /** In wei. */
  value: bigint;
}

export interface Call<abi extends Abi, name extends ContractFunctionName<abi, "nonpayable">> {
  address: Address;
  abi: abi;
  functionName: name;
  args: ContractFunctionArgs<abi, "nonpayable", name>;
}

export interface SenderOptions {
  client: PublicClient;
  store: Store;
  account: PrivateKeyAccount;
  chainId: bigint;
  /** How long a transaction may stay pending before it is sent with higher fees. */
  raiseAfterMs: number;
  monitor: Monitor;
  log: Log;
}

export function createSender({
  client,
  store,
  account,
  chainId,
  raiseAfterMs,
  monitor,
  log,
}: SenderOptions): Sender {
  const { address } = account;

  /** Checks transactions with the same nonce, oldest first: at most one of them is mined. */
  async function resolveNonce(attempts: readonly SignedTransaction[]): Promise<boolean> {
    const [first, newest] = [attempts[0]!, attempts.at(-1)!];
    const isNonceUsed = (await client.getTransactionCount({ address })) > first.nonce;
    if (!isNonceUsed) {
      const isLate = Date.now() - newest.createdAt.getTime() > raiseAfterMs;
      if (!(isLate && (await raise(newest)))) {
        await broadcast(newest);
      }
      return false;
    }
    for (const { hash, purpose, subject } of attempts) {
      const receipt = await receiptOf(hash);
      const status = receipt === undefined ? "replaced" : receipt.status === "success" ? "mined" : "reverted";
      setTransactionStatus(store, hash, status);
      monitor.transaction(purpose, status);
      log[status === "mined" ? "info" : "warn"]({ hash, purpose, subject }, `transaction was ${status}`);
    }
    return true;
  }

  async function receiptOf(hash: Hash) {
    return client.getTransactionReceipt({ hash }).catch((error) => {
      if (error instanceof TransactionReceiptNotFoundError) {
        return undefined;
      }
      throw error;
    });
  }

  async function raise(transaction: SignedTransaction): Promise<boolean> {
    const { raw, purpose, subject, nonce } = transaction;
    const { to, data, gas, value, ...offered } = parseTransaction(raw);
    const fees = await raiseFees(client, offered);
    if (fees === undefined) {
      return false;
    }
    const request = { to, data, gas, value, nonce, chainId: Number(chainId), ...fees };
    const raised = await sign(request, purpose, subject);
    await broadcast(raised);
    monitor.transaction(purpose, "raised");
    log.warn(
      { hash: raised.hash, replaces: transaction.hash, purpose, subject, ...fees },
      "transaction was not mined; sent again with higher fees",
    );
    return true;
  }

  async function sign(
    request: object & { nonce: number },
    purpose: TransactionPurpose,
    subject: TransactionSubject,
  ): Promise<SignedTransaction> {
    const raw = await account.signTransaction(request as never);
    const { nonce } = request;
    const hash = keccak256(raw);
    log.debug({ hash, purpose, subject, nonce }, "transaction signed");
    const transaction = { hash, purpose, subject, sender: address, nonce, raw, createdAt: new Date() };
    addTransaction(store, transaction);
    log.debug({ hash, purpose, subject, nonce }, "transaction recorded");
    return transaction;
  }

  async function broadcast({ hash, raw }: SignedTransaction): Promise<void> {
    try {
      await client.sendRawTransaction({ serializedTransaction: raw });
    } catch (error) {
      // It may be known already, or the endpoint may accept it later: its outcome is checked in any case.
      log.debug({ hash, error: String(error) }, "the endpoint rejected the transaction");
    }
  }

  /**
   * One above the pending transactions, otherwise the number of mined ones: if a lost database had sent a transaction,
   * the new one replaces it instead of following it.
   */
  async function nextNonce(): Promise<number> {
    const mined = await client.getTransactionCount({ address });
    return Math.max(mined, ...pendingTransactions(store, address).map(({ nonce }) => nonce + 1));
  }

  async function sendUnlessPending(
    purpose: TransactionPurpose,
    subject: TransactionSubject,
    call: EncodedCall,
    estimateGas: () => Promise<bigint>,
  ): Promise<Hash> {
    const pending = pendingTransactions(store, address).findLast(
      (transaction) => transaction.purpose === purpose && transaction.subject === subject,
    );
    if (pending !== undefined) {
      return pending.hash;
    }
    const gas = await estimateGas();
    const request = await prepareTransactionRequest(client, {
      account,
      chain: null,
      chainId: Number(chainId),
      ...call,
      gas: (gas * 12n) / 10n,
      nonce: await nextNonce(),
    });
    const transaction = await sign(request as object & { nonce: number }, purpose, subject);
    await broadcast(transaction);
    monitor.transaction(purpose, "sent");
    log.info({ hash: transaction.hash, purpose, subject }, "transaction sent");
    return transaction.hash;
  }

  return {
    address,
    async resolvePending() {
      const pending = pendingTransactions(store, address);
      for (const nonce of new Set(pending.map((transaction) => transaction.nonce))) {
        if (!(await resolveNonce(pending.filter((transaction) => transaction.nonce === nonce)))) {
          return false;
        }
      }
      return true;
    },
    send(purpose, subject, call) {
      const encoded = { to: call.address, data: encodeFunctionData(call as never), value: 0n };
      return sendUnlessPending(purpose, subject, encoded, () =>
        client.estimateContractGas({ ...call, account: address } as never),
      );
    },
    sendEncoded: (purpose, subject, call) =>
      sendUnlessPending(purpose, subject, call, () => client.estimateGas({ ...call, account: address })),
  };
}
