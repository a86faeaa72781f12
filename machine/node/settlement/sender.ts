import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type Hash,
  keccak256,
  type PrivateKeyAccount,
  type PublicClient,
  TransactionReceiptNotFoundError,
} from "viem";
import { prepareTransactionRequest } from "viem/actions";
import type { Log } from "../log.ts";
import type { Store } from "../store/openStore.ts";
import {
  addTransaction,
  pendingTransactions,
  type SignedTransaction,
  setTransactionStatus,
  type TransactionPurpose,
} from "../store/transactions.ts";

/** Sends transactions from one account, one at a time, each at most once. */
export interface Sender {
  address: Address;
  /**
   * Finds out what became of the transactions that are under way, and sends them again as they are: the network takes
   * the same signed bytes only once. True when none is left.
   */
  settle(): Promise<boolean>;
  /**
   * Signs a call, writes it down, and only then sends it; gives the hash of the one that is under way when there is
   * one for the same subject already. @throws viem's error when the call would revert.
   */
  send<abi extends Abi, name extends ContractFunctionName<abi, "nonpayable">>(
    purpose: TransactionPurpose,
    subject: bigint,
    call: Call<abi, name>,
  ): Promise<Hash>;
}

export interface Call<abi extends Abi, name extends ContractFunctionName<abi, "nonpayable">> {
  address: Address;
  abi: abi;
  functionName: name;
  args: ContractFunctionArgs<abi, "nonpayable", name>;
}

export function createSender(
  client: PublicClient,
  store: Store,
  account: PrivateKeyAccount,
  chainId: bigint,
  log: Log,
): Sender {
  const { address } = account;

  async function becomeOf(transaction: SignedTransaction): Promise<boolean> {
    const receipt = await client.getTransactionReceipt({ hash: transaction.hash }).catch((error) => {
      if (error instanceof TransactionReceiptNotFoundError) return undefined;
      throw error;
    });
    const status =
      receipt === undefined
        ? (await client.getTransactionCount({ address })) > transaction.nonce && "replaced"
        : receipt.status === "success"
          ? "mined"
          : "reverted";
    if (status === false) {
      await broadcast(transaction);
      return false;
    }
    setTransactionStatus(store, transaction.hash, status);
    const { hash, purpose, subject } = transaction;
    log[status === "mined" ? "info" : "warn"]({ hash, purpose, subject }, `transaction was ${status}`);
    return true;
  }

  async function broadcast({ hash, raw }: SignedTransaction): Promise<void> {
    try {
      await client.sendRawTransaction({ serializedTransaction: raw });
    } catch (error) {
      // It may be known already, or the endpoint may take it later: what became of it is asked for in any case.
      log.debug({ hash, error: String(error) }, "transaction was not taken");
    }
  }

  return {
    address,
    async settle() {
      for (const transaction of pendingTransactions(store, address)) {
        if (!(await becomeOf(transaction))) return false;
      }
      return true;
    },
    async send(purpose, subject, call) {
      const underWay = pendingTransactions(store, address).find(
        (transaction) => transaction.purpose === purpose && transaction.subject === subject,
      );
      if (underWay !== undefined) return underWay.hash;
      const gas = await client.estimateContractGas({ ...call, account: address } as never);
      const request = await prepareTransactionRequest(client, {
        account,
        chain: null,
        chainId: Number(chainId),
        to: call.address,
        data: encodeFunctionData(call as never),
        gas: (gas * 12n) / 10n,
      });
      const raw = await account.signTransaction(request as never);
      const { nonce } = request as { nonce: number };
      const transaction = { hash: keccak256(raw), purpose, subject, sender: address, nonce, raw };
      addTransaction(store, transaction);
      await broadcast(transaction);
      log.info({ hash: transaction.hash, purpose, subject }, "transaction sent");
      return transaction.hash;
    },
  };
}
