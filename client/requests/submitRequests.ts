import {
  type Address,
  type Client,
  encodeFunctionData,
  type Hash,
  type Hex,
  type LocalAccount,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { getTransactionCount, prepareTransactionRequest, sendRawTransaction } from "viem/actions";
import { inputBoxAbi } from "../../abi/index.ts";
import { explainChainError } from "../chain/index.ts";
import { InputRefusedError } from "../clientErrors.ts";
import { isReplaced, receiptOf, type SentTransaction, waitForReceipt } from "./waitForReceipt.ts";

/** An input that the InputBox accepted. */
export interface SubmittedInput {
  /** The input's place among the application's inputs, from 0. */
  index: bigint;
  transactionHash: Hash;
  blockNumber: bigint;
  gasUsed: bigint;
}

/** A transaction that was signed, and may have been sent. */
export interface SignedTransaction extends SentTransaction {
  /** Which of the payloads it carries, from 0. */
  position: number;
}

export interface SubmitRequestsParameters {
  account: LocalAccount;
  inputBox: Address;
  application: Address;
  /** The inputs' payloads, in the order in which the machine should process them. */
  payloads: readonly Hex[];
  /** What earlier runs signed for the same payloads. It is sent again as it was, so that nothing is paid twice. */
  earlier?: readonly SignedTransaction[] | undefined;
  /** Keeps a transaction before it is sent. What is lost here may be paid again by the next run. */
  onSigned?: (transaction: SignedTransaction) => void;
  onSubmitted?: (input: SubmittedInput, position: number) => void;
  signal?: AbortSignal | undefined;
}

/** Transactions on their way at a time: what every endpoint takes of one sender. */
const MAX_PENDING = 4;

/**
 * Sends payloads to an application's InputBox, one transaction each, and waits until all are mined.
 *
 * @throws {InputRefusedError} when a transaction reverts.
 * @throws {ChainUnreachableError} when the endpoint does not answer or refuses a transaction.
 */
export async function submitRequests(
  client: Client,
  parameters: SubmitRequestsParameters,
): Promise<SubmittedInput[]> {
  const { account, payloads, earlier = [], onSigned, onSubmitted, signal } = parameters;
  const known = new Map(earlier.map((transaction) => [transaction.position, transaction]));
  const pending: SignedTransaction[] = [];
  const submitted: SubmittedInput[] = [];
  let nextNonce = await getTransactionCount(client, {
    address: account.address,
    blockTag: "pending",
  }).catch(explainChainError);

  const sendNew = async (position: number): Promise<SignedTransaction> => {
    const transaction = await sign(client, parameters, position, nextNonce);
    nextNonce += 1;
    onSigned?.(transaction);
    signal?.throwIfAborted();
    await sendRawTransaction(client, { serializedTransaction: transaction.raw });
    return transaction;
  };
  const finishOldest = async (): Promise<void> => {
    const oldest = pending.shift()!;
    const receipt = await waitForReceipt(client, account.address, oldest, signal);
    // another transaction of the sender took its place
    const input = inputOf(
      receipt ?? (await waitForOwnReceipt(client, account.address, await sendNew(oldest.position), signal)),
    );
    submitted.push(input);
    onSubmitted?.(input, oldest.position);
  };

  for (const position of payloads.keys()) {
    signal?.throwIfAborted();
    const before = known.get(position);
    const isAlive = before !== undefined && (await sendAgain(client, account.address, before));
    if (isAlive) {
      nextNonce = Math.max(nextNonce, before.nonce + 1);
    }
    pending.push(isAlive ? before : await sendNew(position).catch(explainChainError));
    while (pending.length === MAX_PENDING || (position === payloads.length - 1 && pending.length > 0)) {
      await finishOldest().catch(explainChainError);
    }
  }
  return submitted;
}

async function sign(
  client: Client,
  { account, inputBox, application, payloads }: SubmitRequestsParameters,
  position: number,
  nonce: number,
): Promise<SignedTransaction> {
  const request = await prepareTransactionRequest(client, {
    account,
    chain: null,
    to: inputBox,
    data: encodeFunctionData({
      abi: inputBoxAbi,
      functionName: "addInput",
      args: [application, payloads[position]!],
    }),
    nonce,
  });
  const raw = await account.signTransaction(request as Parameters<LocalAccount["signTransaction"]>[0]);
  return { position, nonce, raw };
}

/**
 * Sends a transaction of an earlier run once more, unless it is mined.
 *
 * @returns whether it was or can still be mined as a success.
 */
async function sendAgain(client: Client, sender: Address, transaction: SignedTransaction): Promise<boolean> {
  const receipt = await receiptOf(client, transaction).catch(explainChainError);
  if (receipt) {
    return receipt.status === "success";
  }
  if (await isReplaced(client, sender, transaction)) {
    return false;
  }
  // refused as known, or since another one of the same nonce waits: which of them is mined will show
  await sendRawTransaction(client, { serializedTransaction: transaction.raw }).catch(() => {});
  return true;
}

async function waitForOwnReceipt(
  ...[client, sender, transaction, signal]: Parameters<typeof waitForReceipt>
): Promise<TransactionReceipt> {
  const receipt = await waitForReceipt(client, sender, transaction, signal);
  if (!receipt) {
    throw new InputRefusedError("other transactions of the sender take the place of ours", {
      details: `nonce ${transaction.nonce} of ${sender}`,
      remedy: "let nobody else send from this account meanwhile, and run the command again",
    });
  }
  return receipt;
}

function inputOf(receipt: TransactionReceipt): SubmittedInput {
  const [added] = parseEventLogs({ abi: inputBoxAbi, logs: receipt.logs, eventName: "InputAdded" });
  if (receipt.status !== "success" || !added) {
    throw new InputRefusedError("the InputBox refused an input", {
      details: `transaction ${receipt.transactionHash} ${receipt.status === "success" ? "emitted no InputAdded" : "reverted"}`,
      remedy:
        "check that the application and the InputBox are on this chain and that the sender can pay for the gas",
    });
  }
  return {
    index: added.args.index,
    transactionHash: receipt.transactionHash,
    blockNumber: receipt.blockNumber,
    gasUsed: receipt.gasUsed,
  };
}
